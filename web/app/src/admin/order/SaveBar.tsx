import { Button } from "../../ui";
import { FIELD_NAMES } from "./fields";
import styles from "./OrderPage.module.css";
import type { OrderEditor } from "./useOrderEditor";

/** Lists the unsaved fields, with Save and Discard. */
export function SaveBar({ editor }: { editor: OrderEditor }) {
  const { unsaved, saving, conflict } = editor;
  if (unsaved.length === 0) return null;
  const hasConflict = conflict.some(({ kind }) => kind === "conflict");
  return (
    <div className={styles.save} role="region" aria-label="Unsaved changes">
      <p>
        <strong>Unsaved:</strong> {unsaved.map((field) => FIELD_NAMES[field]).join(", ")}
      </p>
      <Button variant="quiet" disabled={saving} onClick={editor.discard}>
        Discard
      </Button>
      <Button variant="primary" busy={saving} disabled={hasConflict} onClick={() => void editor.save()}>
        Save
      </Button>
    </div>
  );
}
