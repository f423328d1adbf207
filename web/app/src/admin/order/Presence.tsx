import { usePresence } from "@ordercast/react";

import { Avatar } from "../../ui";
import type { Person } from "../data/types";
import styles from "./Presence.module.css";

/** Who else of the staff has this order open; they see us too (row E11). */
export function Presence({ order }: { order: string }) {
  const { others } = usePresence(order);
  return (
    <div className={styles.presence} role="status" aria-live="polite">
      {others.length > 0 && (
        <>
          <span className={styles.faces}>
            {others.slice(0, 3).map((person) => (
              <Avatar key={person.id} name={nameOf(person)} />
            ))}
          </span>
          <span className={styles.words}>{wordsFor(others)}</span>
        </>
      )}
    </div>
  );
}

function nameOf(person: Person): string {
  return person.name ?? person.email ?? "Staff";
}

function wordsFor(others: readonly Person[]): string {
  const [first, second] = others.map(nameOf);
  if (others.length === 1) return `${first} is looking at this order too`;
  if (others.length === 2) return `${first} and ${second} are looking at this order too`;
  return `${first} and ${others.length - 1} others are looking at this order too`;
}
