import styles from "./Spinner.module.css";

/** Decorative: put text beside it. */
export function Spinner() {
  return <span className={styles.spinner} aria-hidden="true" />;
}
