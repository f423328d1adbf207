import styles from "./Avatar.module.css";

/** A person's initials. Decorative: the name is always beside it. */
export function Avatar({ name, size = "md" }: { name: string; size?: "md" | "lg" }) {
  const parts = name.trim().split(/\s+/);
  const initials = [parts[0], parts.length > 1 ? parts.at(-1) : undefined]
    .map((part) => (part ? [...part][0] : ""))
    .join("");
  return (
    <span className={`${styles.avatar} ${styles[size]}`} aria-hidden="true">
      {initials.toUpperCase()}
    </span>
  );
}
