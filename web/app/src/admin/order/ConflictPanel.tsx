import { GitCompareArrows } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { statusAppearance } from "../../orders/status";
import { Button } from "../../ui";
import { isStatus } from "../orders/status";
import type { Choice, Difference } from "./conflict";
import styles from "./ConflictPanel.module.css";

export interface ConflictPanelProps {
  differences: readonly Difference[];
  /** Name of the other editor. */
  who: string;
  /** The edited thing, such as "this order". */
  what: string;
  /** Labels of the fields. */
  labels: Readonly<Record<string, string>>;
  onResolve: (choices: Readonly<Record<string, Choice>>, thenSave: boolean) => void;
}

/** Another person saved first: shows both versions so that neither is lost. */
export function ConflictPanel({ differences, who, what, labels, onResolve }: ConflictPanelProps) {
  const [choices, setChoices] = useState<Record<string, Choice>>({});
  const panel = useRef<HTMLElement>(null);
  const conflicts = differences.filter(({ kind }) => kind === "conflict");
  // The requested status was refused as outdated although nobody else changed the status; it still needs a decision.
  const lostStatus = differences.some(({ field, kind }) => field === "status" && kind === "mine");
  const all = (choice: Choice) => Object.fromEntries(conflicts.map(({ field }) => [field, choice]));
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
            {conflicts.length > 0
              ? "You both changed the same field. Nothing is lost: choose which version to keep."
              : "They changed other fields. Your changes are still here and can be saved."}
          </p>
        </div>
      </header>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Both versions">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">Theirs (saved)</th>
              <th scope="col">Yours (unsaved)</th>
            </tr>
          </thead>
          <tbody>
            {differences.map(({ field, base, theirs, mine, kind }) => {
              const label = labels[field] ?? field;
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
                  {formatValue(field, value)}
                </label>
              );
              return (
                <tr key={field} data-kind={kind}>
                  <th scope="row">{label}</th>
                  <td>{formatValue(field, base)}</td>
                  <td>{kind === "conflict" ? radio("theirs", theirs) : formatValue(field, theirs)}</td>
                  <td>
                    {kind === "conflict" ? (
                      radio("mine", mine)
                    ) : kind === "mine" ? (
                      formatValue(field, mine)
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
        {conflicts.length > 0 || lostStatus ? (
          <>
            <Button variant="primary" onClick={() => onResolve(choices, true)}>
              {lostStatus || conflicts.some(({ field }) => (choices[field] ?? "mine") === "mine")
                ? "Keep mine"
                : "Save"}
            </Button>
            <Button onClick={() => onResolve(all("theirs"), false)}>Use theirs</Button>
          </>
        ) : (
          <Button onClick={() => onResolve({}, false)}>Continue editing</Button>
        )}
      </div>
    </section>
  );
}

function formatValue(field: string, value: string) {
  if (value === "") return <span className={styles.same}>none</span>;
  if (field === "status" && isStatus(value)) return statusAppearance(value).label;
  return field === "estimatedDelivery" ? value.replace("T", " ") : value;
}
