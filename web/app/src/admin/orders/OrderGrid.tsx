import { defaultRangeExtractor, useVirtualizer, type Range } from "@tanstack/react-virtual";
import { ArrowUp } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";

import { useConfig } from "../../api/config";
import { cx } from "../../ui";
import { hasNewMeaning } from "../../ui/clickGuard";
import type { Sort } from "./filters";
import { GridHead } from "./GridHead";
import { gridAction } from "./keys";
import { OrderRow } from "./OrderRow";
import styles from "./OrderGrid.module.css";
import type { Selection, SelectionChange } from "./selection";
import type { Status } from "./status";
import { useOrderTable } from "./table";
import { useAnchoredScroll } from "./useAnchoredScroll";
import { useHeldRows } from "./useHeldRows";
import { useMediaQuery } from "../ui/useMediaQuery";

export interface OrderGridProps {
  ids: readonly string[];
  /** Rows that no longer match the filters, and are removed in a moment. */
  leaving: ReadonlySet<string>;
  /** Changes with the filters: the table then scrolls to the top. */
  view: string;
  /** The list is loaded as far as it is sorted, so that further rows are new. */
  isSettled: boolean;
  /** The total number of orders, where known. */
  total: number | undefined;
  selection: Selection;
  onSelect: (change: SelectionChange) => void;
  onOpen: (id: string) => void;
  onStep: (id: string, status: Status) => void;
  onSetStatus: (id: string) => void;
  sort: Sort;
  onSort: (sort: Sort) => void;
}

const ROW = { wide: 56, phone: 92 };
const HEAD = { wide: 40, phone: 0 };

export function OrderGrid({
  ids: current,
  leaving,
  view,
  isSettled,
  total,
  selection,
  onSelect,
  onOpen,
  onStep,
  onSetStatus,
  sort,
  onSort,
}: OrderGridProps) {
  const { list, scroll } = useOrderTable();
  const { timeZone } = useConfig();
  const size = useMediaQuery("(width < 48rem)") ? "phone" : "wide";
  const height = ROW[size];
  const scroller = useRef<HTMLDivElement>(null);
  const [lastActive, setLastActive] = useState(scroll.active);
  // Other filters begin at their first row.
  const activeId = lastActive?.view === view ? lastActive.id : undefined;
  const setActiveId = (id: string) => {
    scroll.active = { id, view };
    setLastActive(scroll.active);
  };
  const { ids, waiting, gone, release, holders } = useHeldRows(current, view, isSettled);
  const active = Math.max(0, activeId === undefined ? 0 : ids.indexOf(activeId));
  const { newAbove, toTop, onScroll } = useAnchoredScroll(scroller, ids, height, view);

  // Keep the active row rendered while it is scrolled out of view, so that the focus is not lost.
  const rangeExtractor = useCallback(
    (range: Range) => {
      const shown = defaultRangeExtractor(range);
      return active < range.count && !shown.includes(active) ? [...shown, active].sort((a, b) => a - b) : shown;
    },
    [active],
  );
  const virtualizer = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 10,
    scrollMargin: HEAD[size],
    scrollPaddingStart: HEAD[size],
    initialOffset: () => scroll.top,
    rangeExtractor,
    useFlushSync: false,
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, height]);

  const rows = virtualizer.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= ids.length - 30) void list.loadMore();
  }, [last, ids.length, list]);

  // A key moved the focus to a row that is not rendered yet.
  const pendingFocusId = useRef<string>(undefined);
  useLayoutEffect(() => {
    if (pendingFocusId.current === undefined) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(pendingFocusId.current)}"]`);
    if (!row) return;
    pendingFocusId.current = undefined;
    row.focus({ preventScroll: true });
  });

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    const target = event.target instanceof HTMLElement ? event.target : undefined;
    const row = target?.closest<HTMLElement>("[data-id]");
    const id = row?.dataset["id"];
    if (!id) return;
    // Buttons and links inside a row keep their own Enter and Space.
    if (target !== row && (event.key === "Enter" || event.key === " ")) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / height) - 1);
    const key = gridAction(event, { index: active, count: ids.length, page });
    if (!key) return;
    event.preventDefault();
    switch (key.action) {
      case "move": {
        const to = ids[key.to];
        if (to === undefined) return;
        if (key.extend) {
          if (selection.ids.size === 0) onSelect({ type: "anchor", id });
          onSelect({ type: "range", to, within: ids });
        }
        pendingFocusId.current = to;
        setActiveId(to);
        virtualizer.scrollToIndex(key.to, { align: "auto" });
        return;
      }
      case "open":
        return onOpen(id);
      case "select":
        return onSelect({ type: "toggle", id });
      case "select all":
        return onSelect({ type: "set", ids });
      case "clear":
        return onSelect({ type: "set", ids: [] });
      case "next step": {
        const step = row.querySelector<HTMLElement>('[data-part="step"]');
        if (step && !hasNewMeaning(step)) onStep(id, step.dataset["acts"] as Status);
        return;
      }
      case "set status":
        return onSetStatus(id);
    }
  }

  function onClick(event: MouseEvent<HTMLDivElement>) {
    const target = event.target instanceof Element ? event.target : undefined;
    const id = target?.closest<HTMLElement>("[data-id]")?.dataset["id"];
    if (!target || !id) return;
    const part = target.closest<HTMLElement>("[data-part]");
    switch (part?.dataset["part"]) {
      case "select":
        return onSelect(event.shiftKey ? { type: "range", to: id, within: ids } : { type: "toggle", id });
      case "step":
        // The second click of a double click is not meant for the following step.
        if (event.detail < 2 && part.getAttribute("aria-disabled") !== "true")
          onStep(id, part.dataset["acts"] as Status);
        return;
      case "open":
        // Let the browser handle opening in a new tab or window.
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        return onOpen(id);
      default:
        if (getSelection()?.isCollapsed !== false && !event.metaKey && !event.ctrlKey) onOpen(id);
    }
  }

  return (
    <div className={styles.frame} {...holders}>
      <div
        ref={scroller}
        role="grid"
        aria-label="Orders"
        aria-rowcount={total === undefined ? -1 : total + 1}
        aria-colcount={8}
        aria-multiselectable="true"
        className={cx(styles.grid, (virtualizer.scrollOffset ?? 0) < height && styles.top)}
        onClick={onClick}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          const id = event.target.closest<HTMLElement>("[data-id]")?.dataset["id"];
          if (id !== undefined) setActiveId(id);
        }}
        onScroll={() => {
          onScroll();
          scroll.top = scroller.current?.scrollTop ?? 0;
        }}
      >
        <GridHead ids={ids} selection={selection} onSelect={onSelect} sort={sort} onSort={onSort} />
        <div role="rowgroup" className={styles.rows} style={{ height: ids.length * height }}>
          {rows.map(({ index, start }) => {
            const id = ids[index];
            if (id === undefined) return null;
            return (
              <OrderRow
                key={id}
                id={id}
                index={index}
                top={start - HEAD[size]}
                selected={selection.ids.has(id)}
                leaving={leaving.has(id) || gone.has(id)}
                active={index === active}
                timeZone={timeZone}
              />
            );
          })}
        </div>
      </div>
      {newAbove + waiting > 0 && (
        <button
          type="button"
          className={styles.newRows}
          onClick={() => {
            release();
            toTop();
          }}
        >
          <ArrowUp aria-hidden="true" />
          {newAbove + waiting === 1 ? "1 new order" : `${newAbove + waiting} new orders`}
        </button>
      )}
    </div>
  );
}
