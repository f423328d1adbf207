import { usePresence } from "@ordercast/react";

import { Avatar } from "../../ui";
import type { Person } from "../data/types";
import styles from "./Presence.module.css";

/** Other staff who have this order open. They see the current user as well. */
export function Presence({ order }: { order: string }) {
  const { others } = usePresence(order);
  return (
    <div className={styles.presence} role="status" aria-live="polite">
      {others.length > 0 && (
        <>
          <span className={styles.avatars}>
            {others.slice(0, 3).map((person) => (
              <Avatar key={person.id} name={nameOf(person)} />
            ))}
          </span>
          <span className={styles.text}>{presenceText(others)}</span>
        </>
      )}
    </div>
  );
}

function nameOf(person: Person): string {
  return person.name ?? person.email ?? "Staff";
}

function presenceText(others: readonly Person[]): string {
  const [first, second] = others.map(nameOf);
  if (others.length === 1) return `${first} is also viewing this order`;
  if (others.length === 2) return `${first} and ${second} are also viewing this order`;
  return `${first} and ${others.length - 1} others are also viewing this order`;
}
