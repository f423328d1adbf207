import { X } from "lucide-react";

import { Button, IconButton } from "../../ui";
import styles from "./BulkBar.module.css";

export interface BulkBarProps {
  count: number;
  /** There are more that match than are loaded. */
  onSelectAll: (() => void) | undefined;
  selectingAll: boolean;
  onSetStatus: () => void;
  onClear: () => void;
}

const whole = new Intl.NumberFormat();

/** What can be done with the orders that are selected. */
export function BulkBar({ count, onSelectAll, selectingAll, onSetStatus, onClear }: BulkBarProps) {
  return (
    <div className={styles.bar} role="region" aria-label="Selected orders">
      <p role="status">
        <strong>{whole.format(count)}</strong> selected
      </p>
      {onSelectAll && (
        <Button look="quiet" size="sm" busy={selectingAll} onClick={onSelectAll}>
          {selectingAll ? "Loading all …" : "Select all that match"}
        </Button>
      )}
      <Button look="primary" size="sm" aria-keyshortcuts="s" onClick={onSetStatus}>
        Set status …
      </Button>
      <IconButton label="Select nothing" size="sm" onClick={onClear}>
        <X aria-hidden="true" />
      </IconButton>
    </div>
  );
}
