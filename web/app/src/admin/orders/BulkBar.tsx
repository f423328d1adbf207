import { X } from "lucide-react";

import { Button, formatInteger, IconButton } from "../../ui";
import styles from "./BulkBar.module.css";

export interface BulkBarProps {
  count: number;
  /** Set when more orders match than are loaded or selected. */
  onSelectAll: (() => void) | undefined;
  selectingAll: boolean;
  onSetStatus: () => void;
  onClear: () => void;
}

/** The actions for the selected orders. */
export function BulkBar({ count, onSelectAll, selectingAll, onSetStatus, onClear }: BulkBarProps) {
  return (
    <div className={styles.bar} role="region" aria-label="Selected orders">
      <p role="status">
        <strong>{formatInteger(count)}</strong> selected
      </p>
      {onSelectAll && (
        <Button variant="quiet" size="sm" className={styles.all} busy={selectingAll} onClick={onSelectAll}>
          {selectingAll ? "Loading all orders…" : "Select all matching"}
        </Button>
      )}
      <Button variant="primary" size="sm" aria-keyshortcuts="s" onClick={onSetStatus}>
        Set status…
      </Button>
      <IconButton label="Clear selection" size="sm" onClick={onClear}>
        <X aria-hidden="true" />
      </IconButton>
    </div>
  );
}
