import type { Order, OrderRowsSnapshot } from "@ordercast/client";
import { useNow, useOrdercast } from "@ordercast/react";
import { Inbox, SearchX } from "lucide-react";
import { useEffect, useReducer, useRef, useState, type RefObject } from "react";
import { useLocation } from "wouter";

import { useConfig } from "../../api/config";
import { messageOf } from "../../api/http";
import { Banner, Button, cx, EmptyState, formatInteger, Loading, Skeleton } from "../../ui";
import { useStats } from "../data/live";
import { PageBar } from "../layout/PageBar";
import { OfflineBanner } from "../../offline/OfflineBanner";
import { dateIn } from "../../time/zone";
import { advanceOrder, setStatusOfRows } from "./actions";
import { BulkBar } from "./BulkBar";
import { BulkDialog } from "./BulkDialog";
import { isFiltered, NO_FILTERS, type OrderFilters } from "./filters";
import { isTyping } from "./keys";
import { KeysDialog } from "./KeysDialog";
import { KnownOrders } from "./KnownOrders";
import { OrderGrid } from "./OrderGrid";
import styles from "./OrdersPage.module.css";
import { NOTHING_SELECTED, select } from "./selection";
import { MAX_ROWS, useOrderTable, useRows } from "./table";
import { Toolbar } from "./Toolbar";
import { useFilters } from "./useFilters";
import { useKnownOrders } from "./useKnownOrders";
import type { Stats } from "../data/types";

/** `/admin`: all orders of the store, live. */
export default function OrdersPage() {
  const client = useOrdercast();
  const { list, key } = useOrderTable();
  const { filters, address, setFilters } = useFilters();
  const rows = useRows();
  const { ids, state, hasMore, error } = rows;
  const isComplete = state === "ready" && !hasMore;
  const stats = useStats();
  const [selection, changeSelection] = useReducer(select, NOTHING_SELECTED);
  const [bulk, setBulk] = useState<readonly Order[]>();
  const [keys, setKeys] = useState(false);
  const [selectingAll, setSelectingAll] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const page = useRef<HTMLDivElement>(null);
  const [, navigate] = useLocation();
  useOpenTable(filters, address);
  useShortcuts(page, search, !keys && !bulk, () => setKeys(true));

  const setStatusOf = (chosen: Iterable<string>) => {
    const orders = [...chosen].flatMap((id) => client.orders.get(id) ?? []);
    if (orders.length > 0) setBulk(orders);
  };
  const open = (id: string) => {
    const order = client.orders.get(id);
    if (order) navigate(`/admin/orders/${order.number}`);
  };
  const selectAll = async () => {
    setSelectingAll(true);
    await list.loadAll(MAX_ROWS);
    setSelectingAll(false);
    changeSelection({ type: "set", ids: list.rows.getSnapshot().ids });
  };

  const known = useKnownOrders(rows, filters);
  const isOutage = error?.isTemporary === true && (ids.length > 0 || known !== undefined);
  const total = totalOf(filters, stats, isComplete, ids.length);
  const isLoading = state === "idle" || state === "loading";
  const isFirstLoad = isLoading && ids.length === 0;
  return (
    <div ref={page} className={styles.page}>
      <PageBar title="Orders">
        <span className={styles.summary}>{summaryOf(stats)}</span>
      </PageBar>
      <Toolbar
        filters={filters}
        onChange={setFilters}
        stats={stats}
        onShowKeys={() => setKeys(true)}
        search={search}
        onDown={() => focusTable(page.current)}
      />
      <OfflineBanner isStale={isOutage || known !== undefined} at={known?.at} onRetry={() => void list.load()} />
      {error && !isOutage && (
        <Banner
          severity="error"
          title="The orders could not be loaded"
          action={<Button onClick={() => void list.load()}>Try again</Button>}
        >
          {messageOf(error)}
        </Banner>
      )}
      <div className={cx(styles.table, selection.ids.size > 0 && styles.selecting)} aria-busy={isLoading}>
        {known && <KnownOrders orders={known.value} />}
        {isFirstLoad && !known && <OrdersLoading />}
        {!isFirstLoad && ids.length > 0 && (
          <OrderGrid
            ids={ids}
            leaving={rows.leaving}
            view={key}
            isSettled={!isLoading}
            total={total}
            selection={selection}
            onSelect={changeSelection}
            onOpen={open}
            onStep={(id, status) => void advanceOrder(client, id, status)}
            onSetStatus={(id) => setStatusOf(selection.ids.size > 0 ? selection.ids : [id])}
            sort={filters.sort}
            onSort={(sort) => setFilters({ ...filters, sort })}
          />
        )}
        {state === "ready" && ids.length === 0 && (
          <NoOrders filtered={isFiltered(filters)} onClear={() => setFilters(NO_FILTERS)} />
        )}
        {selection.ids.size > 0 && (
          <BulkBar
            count={selection.ids.size}
            onSelectAll={isComplete && selection.ids.size >= ids.length ? undefined : () => void selectAll()}
            selectingAll={selectingAll}
            onSetStatus={() => setStatusOf(selection.ids)}
            onClear={() => changeSelection({ type: "set", ids: [] })}
          />
        )}
      </div>
      {ids.length > 0 && <TableFooter rows={rows} />}
      {bulk && (
        <BulkDialog
          rows={bulk}
          run={(orders, status, more, onProgress) => setStatusOfRows(client, orders, status, more, onProgress)}
          onClose={() => setBulk(undefined)}
          onSelect={(chosen) => changeSelection({ type: "set", ids: chosen })}
        />
      )}
      <KeysDialog open={keys} onOpenChange={setKeys} />
    </div>
  );
}

/** Loads the table when the filters change, and when a new day begins in the store's time zone. */
function useOpenTable(filters: OrderFilters, address: string) {
  const { open } = useOrderTable();
  const { timeZone } = useConfig();
  const today = dateIn(timeZone, useNow());
  useEffect(() => {
    open(`${address} ${filters.period === "any" ? "" : `${timeZone} ${today}`}`, filters, timeZone);
  }, [open, filters, address, timeZone, today]);
}

/** `/` and `?` anywhere on the page, and an arrow key that moves into the table when nothing else has the focus. */
function useShortcuts(
  page: RefObject<HTMLElement | null>,
  search: RefObject<HTMLInputElement | null>,
  enabled: boolean,
  showKeys: () => void,
) {
  const newest = useRef(showKeys);
  useEffect(() => {
    newest.current = showKeys;
  });
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === "/") {
        event.preventDefault();
        search.current?.select();
      } else if (event.key === "?") {
        newest.current();
      } else if (
        ["ArrowDown", "j"].includes(event.key) &&
        !page.current?.querySelector("[data-id]:focus-within, [data-id]:focus")
      ) {
        if (event.target !== document.body && !(event.target instanceof HTMLHeadingElement)) return;
        event.preventDefault();
        focusTable(page.current);
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [page, search, enabled]);
}

/** Focuses the active row, or the first. */
function focusTable(page: HTMLElement | null) {
  page?.querySelector<HTMLElement>('[data-id][tabindex="0"]')?.focus({ preventScroll: true });
}

function summaryOf(stats: Stats | undefined): string {
  if (!stats) return "";
  const { today, active } = stats;
  return `${formatInteger(active)} active · ${formatInteger(today.orders)} placed today`;
}

/** The total number of rows, where it is known without a count query. */
function totalOf(
  filters: OrderFilters,
  stats: Stats | undefined,
  isComplete: boolean,
  loaded: number,
): number | undefined {
  if (isComplete) return loaded;
  if (!stats || filters.text !== "" || filters.period !== "any") return undefined;
  if (filters.statuses.length === 0) return stats.total;
  return filters.statuses.reduce((sum, status) => sum + stats.byStatus[status], 0);
}

function TableFooter({ rows: { ids, state, hasMore, isLoadingMore } }: { rows: OrderRowsSnapshot }) {
  const shown = formatInteger(ids.length);
  const isComplete = state === "ready" && !hasMore;
  return (
    <p className={styles.footer} role="status">
      {footerText()}
    </p>
  );

  function footerText(): string {
    if (isComplete) return `${shown} ${ids.length === 1 ? "order" : "orders"}`;
    return isLoadingMore
      ? `${shown} loaded, loading more…`
      : `${shown} ${ids.length === 1 ? "order" : "orders"} loaded`;
  }
}

function NoOrders({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (!filtered) {
    return (
      <EmptyState icon={Inbox} title="No orders yet">
        New orders appear here as soon as they are placed.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={SearchX} title="No orders match" action={<Button onClick={onClear}>Clear filters</Button>}>
      Try fewer statuses, another period, or a different search.
    </EmptyState>
  );
}

function OrdersLoading() {
  return (
    <Loading label="Loading orders">
      <div className={styles.skeleton}>
        {Array.from({ length: 9 }, (_, at) => (
          <Skeleton key={at} height="2.25rem" />
        ))}
      </div>
    </Loading>
  );
}
