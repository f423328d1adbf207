import { ArrowDown, ArrowUp } from "lucide-react";
import { useEffect, useRef } from "react";

import { Checkbox, cx } from "../../ui";
import type { Sort } from "./filters";
import styles from "./OrderGrid.module.css";
import type { Selection, SelectionChange } from "./selection";

export interface GridHeadProps {
  ids: readonly string[];
  selection: Selection;
  onSelect: (change: SelectionChange) => void;
  sort: Sort;
  onSort: (sort: Sort) => void;
}

/** The header row: select all, and sort. */
export function GridHead({ ids, selection, onSelect, sort, onSort }: GridHeadProps) {
  return (
    <div role="rowgroup" className={styles.head}>
      <div role="row" aria-rowindex={1} className={styles.heading}>
        <div role="columnheader" className={styles.check}>
          <SelectAll ids={ids} selection={selection} onSelect={onSelect} />
        </div>
        <SortHeading label="Order" by={["newest", "oldest"]} sort={sort} onSort={onSort} />
        <div role="columnheader">Customer</div>
        <div role="columnheader" className={styles.items}>
          Items
        </div>
        <SortHeading label="Total" by={["total-high", "total-low"]} sort={sort} onSort={onSort} numeric />
        <div role="columnheader">Status</div>
        <div role="columnheader" className={cx(styles.numeric, styles.age)}>
          Age
        </div>
        <div role="columnheader" className={styles.numeric}>
          Next step
        </div>
      </div>
    </div>
  );
}

function SelectAll({ ids, selection, onSelect }: Pick<GridHeadProps, "ids" | "selection" | "onSelect">) {
  const box = useRef<HTMLInputElement>(null);
  const count = selection.ids.size;
  const all = count > 0 && count >= ids.length;
  useEffect(() => {
    if (box.current) box.current.indeterminate = count > 0 && !all;
  }, [count, all]);
  return (
    <Checkbox
      ref={box}
      checked={all}
      aria-label="Select all loaded orders"
      onChange={() => onSelect({ type: "set", ids: count > 0 ? [] : ids })}
    />
  );
}

function SortHeading({
  label,
  by,
  sort,
  onSort,
  numeric,
}: {
  label: string;
  by: readonly [Sort, Sort];
  sort: Sort;
  onSort: (sort: Sort) => void;
  numeric?: boolean;
}) {
  const [down, up] = by;
  const sorted = sort === down ? "descending" : sort === up ? "ascending" : undefined;
  return (
    <div role="columnheader" aria-sort={sorted ?? "none"} className={cx(numeric && styles.numeric)}>
      <button
        type="button"
        className={cx(styles.sort, sorted && styles.sorted)}
        onClick={() => onSort(sort === down ? up : down)}
      >
        {label}
        {sorted === "ascending" ? <ArrowUp aria-hidden="true" /> : <ArrowDown aria-hidden="true" />}
      </button>
    </div>
  );
}
