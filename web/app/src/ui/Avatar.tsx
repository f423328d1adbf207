import styles from "./Avatar.module.css";

/** Somebody's initials. Their name stands beside it. */
export function Avatar({ name, size = "md" }: { name: string; size?: "md" | "lg" }) {
  const words = name.trim().split(/\s+/);
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => (word ? [...word][0] : ""))
    .join("");
  return (
    <span className={`${styles.avatar} ${styles[size]}`} aria-hidden="true">
      {initials.toUpperCase()}
    </span>
  );
}
