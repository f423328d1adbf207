import { Button } from "../../ui";
import { FIELD_NAMES } from "./fields";
import styles from "./OrderPage.module.css";
import type { OrderEditor } from "./useOrderEditor";

/** What is not saved yet, and the two ways on. */
export function SaveBar({ editor }: { editor: OrderEditor }) {
  const { unsaved, saving, conflict } = editor;
  if (unsaved.length === 0) return null;
  const clash = conflict.some(({ kind }) => kind === "clash");
  return (
    <div className={styles.save} role="region" aria-label="Unsaved changes">
      <p>
        <strong>Unsaved:</strong> {unsaved.map((field) => FIELD_NAMES[field]).join(", ")}
      </p>
      <Button look="quiet" disabled={saving} onClick={editor.discard}>
        Discard
      </Button>
      <Button look="primary" busy={saving} disabled={clash} onClick={() => void editor.save()}>
        Save
      </Button>
    </div>
  );
}
