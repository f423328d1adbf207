import { GitCompareArrows } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { statusLook } from "../../orders/status";
import { Button } from "../../ui";
import { isStatus } from "../orders/status";
import type { Choice, Difference } from "./conflict";
import styles from "./ConflictPanel.module.css";

export interface ConflictPanelProps {
  differences: readonly Difference[];
  /** Who did it, as far as is known. */
  who: string;
  /** What was changed: "this order". */
  what: string;
  /** What people call the fields. */
  names: Readonly<Record<string, string>>;
  onSettle: (choices: Readonly<Record<string, Choice>>, thenSave: boolean) => void;
}

/** Somebody else was first: both versions beside each other, and nobody's is lost. */
export function ConflictPanel({ differences, who, what, names, onSettle }: ConflictPanelProps) {
  const [choices, setChoices] = useState<Record<string, Choice>>({});
  const panel = useRef<HTMLElement>(null);
  const clashes = differences.filter(({ kind }) => kind === "clash");
  // A status that was asked for and came too late, though nobody else touched it: it is still to be decided about.
  const lost = differences.some(({ field, kind }) => field === "status" && kind === "mine");
  const all = (choice: Choice) => Object.fromEntries(clashes.map(({ field }) => [field, choice]));
  useEffect(() => {
    panel.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <section ref={panel} className={styles.panel} role="alert" aria-label="Conflicting changes">
      <header className={styles.head}>
        <GitCompareArrows aria-hidden="true" />
        <div>
          <h2>
            {who} changed {what} while you were editing
          </h2>
          <p>
            {clashes.length > 0
              ? "Both of you changed the same. Nothing is lost: choose what stays."
              : "They changed something else. Your changes are kept, and can be saved."}
          </p>
        </div>
      </header>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Both versions">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">Theirs, now</th>
              <th scope="col">Yours, unsaved</th>
            </tr>
          </thead>
          <tbody>
            {differences.map(({ field, base, theirs, mine, kind }) => {
              const label = names[field] ?? field;
              const chosen = choices[field] ?? "mine";
              const radio = (choice: Choice, value: string) => (
                <label className={styles.choice}>
                  <input
                    type="radio"
                    name={`choice-${field}`}
                    checked={chosen === choice}
                    onChange={() => setChoices({ ...choices, [field]: choice })}
                  />
                  <span className="visually-hidden">
                    {label}, {choice === "mine" ? "yours" : "theirs"}:{" "}
                  </span>
                  {shown(field, value)}
                </label>
              );
              return (
                <tr key={field} data-kind={kind}>
                  <th scope="row">{label}</th>
                  <td>{shown(field, base)}</td>
                  <td>{kind === "clash" ? radio("theirs", theirs) : shown(field, theirs)}</td>
                  <td>
                    {kind === "clash" ? (
                      radio("mine", mine)
                    ) : kind === "mine" ? (
                      shown(field, mine)
                    ) : (
                      <span className={styles.same}>unchanged</span>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <div className={styles.actions}>
        {clashes.length > 0 || lost ? (
          <>
            <Button look="primary" onClick={() => onSettle(choices, true)}>
              {lost || clashes.some(({ field }) => (choices[field] ?? "mine") === "mine") ? "Save mine on top" : "Save"}
            </Button>
            <Button onClick={() => onSettle(all("theirs"), false)}>Take theirs</Button>
          </>
        ) : (
          <Button onClick={() => onSettle({}, false)}>Go on editing</Button>
        )}
      </div>
    </section>
  );
}

function shown(field: string, value: string) {
  if (value === "") return <span className={styles.same}>none</span>;
  if (field === "status" && isStatus(value)) return statusLook(value).label;
  return field === "estimatedDelivery" ? value.replace("T", " ") : value;
}
