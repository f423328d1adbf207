import { useOrdercast } from "@ordercast/react";
import { Inbox, SearchX } from "lucide-react";
import { useEffect, useReducer, useRef, useState, type RefObject } from "react";
import { useLocation } from "wouter";

import { useConfig } from "../../api/config";
import { Banner, Button, EmptyState, Loading, Skeleton, useNow } from "../../ui";
import { detailOf, useApi } from "../data/api";
import { useStats } from "../data/live";
import { PageBar } from "../layout/PageBar";
import { dateIn } from "../time/zone";
import { advanceOrder, setStatusOfRows } from "./actions";
import { BulkBar } from "./BulkBar";
import { BulkDialog } from "./BulkDialog";
import { isFiltered, NO_FILTERS, type OrderFilters } from "./filters";
import { isTyping } from "./keys";
import { KeysDialog } from "./KeysDialog";
import { MAX_ROWS, type LoadState } from "./loader";
import { OrderGrid } from "./OrderGrid";
import styles from "./OrdersPage.module.css";
import { NOTHING_SELECTED, select } from "./selection";
import { useIds, useLoadState, useOrderTable } from "./table";
import { Toolbar } from "./Toolbar";
import { useFilters } from "./useFilters";
import type { Row } from "./row";
import type { Stats } from "../data/types";

/** `/admin`: all orders of the store, live. */
export default function OrdersPage() {
  const client = useOrdercast();
  const api = useApi();
  const { store, loader } = useOrderTable();
  const { filters, address, setFilters } = useFilters();
  const ids = useIds(store);
  const load = useLoadState(loader);
  const stats = useStats();
  const { timeZone } = useConfig();
  const [selection, changeSelection] = useReducer(select, NOTHING_SELECTED);
  const [bulk, setBulk] = useState<readonly Row[]>();
  const [keys, setKeys] = useState(false);
  const [selectingAll, setSelectingAll] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const page = useRef<HTMLDivElement>(null);
  const [, navigate] = useLocation();
  useOpenTable(filters, address);
  useShortcuts(page, search, !keys && !bulk, () => setKeys(true));

  const rowsOf = (chosen: Iterable<string>) => [...chosen].flatMap((id) => store.state(id)?.row ?? []);
  const setStatusOf = (chosen: Iterable<string>) => {
    const rows = rowsOf(chosen);
    if (rows.length > 0) setBulk(rows);
  };
  const open = (id: string) => {
    const row = store.state(id)?.row;
    if (row) navigate(`/admin/orders/${row.number}`);
  };
  const selectAll = async () => {
    setSelectingAll(true);
    await loader.all();
    setSelectingAll(false);
    changeSelection({ type: "set", ids: store.ids() });
  };

  const total = totalOf(filters, stats, load, ids.length);
  const isFirstLoad = load.phase === "first" && ids.length === 0;
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
      {load.phase === "failed" && (
        <Banner
          severity="error"
          title="The orders could not be loaded"
          action={
            <Button onClick={() => void (ids.length > 0 ? loader.refresh() : loader.open(filters, timeZone))}>
              Try again
            </Button>
          }
        >
          {detailOf(load.error)}
        </Banner>
      )}
      <div className={styles.table} aria-busy={load.phase === "first"}>
        {isFirstLoad && <OrdersLoading />}
        {!isFirstLoad && ids.length > 0 && (
          <OrderGrid
            ids={ids}
            view={address}
            total={total}
            selection={selection}
            onSelect={changeSelection}
            onOpen={open}
            onStep={(id, status) => void advanceOrder(client, store, id, status)}
            onSetStatus={(id) => setStatusOf(selection.ids.size > 0 ? selection.ids : [id])}
            sort={filters.sort}
            onSort={(sort) => setFilters({ ...filters, sort })}
          />
        )}
        {load.phase === "idle" && ids.length === 0 && (
          <NoOrders filtered={isFiltered(filters)} onClear={() => setFilters(NO_FILTERS)} />
        )}
        {selection.ids.size > 0 && (
          <BulkBar
            count={selection.ids.size}
            onSelectAll={load.complete && selection.ids.size >= ids.length ? undefined : () => void selectAll()}
            selectingAll={selectingAll}
            onSetStatus={() => setStatusOf(selection.ids)}
            onClear={() => changeSelection({ type: "set", ids: [] })}
          />
        )}
      </div>
      {ids.length > 0 && <TableFooter load={load} shown={ids.length} total={total} filters={filters} />}
      {bulk && (
        <BulkDialog
          rows={bulk}
          run={(orders, status, more, onProgress) => setStatusOfRows(api, store, orders, status, more, onProgress)}
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
  const { loader, opened } = useOrderTable();
  const { timeZone } = useConfig();
  const today = dateIn(timeZone, useNow());
  useEffect(() => {
    const wanted = `${address} ${filters.period === "any" ? "" : `${timeZone} ${today}`}`;
    if (opened.address === wanted) return;
    opened.address = wanted;
    void loader.open(filters, timeZone);
  }, [loader, opened, filters, address, timeZone, today]);
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

const integer = new Intl.NumberFormat();

function summaryOf(stats: Stats | undefined): string {
  if (!stats) return "";
  const { today, active } = stats;
  return `${integer.format(active)} active · ${integer.format(today.orders)} placed today`;
}

/** The total number of rows, where it is known without a count query. */
function totalOf(filters: OrderFilters, stats: Stats | undefined, load: LoadState, loaded: number): number | undefined {
  if (load.complete) return loaded;
  if (!stats || filters.text !== "" || filters.period !== "any") return undefined;
  if (filters.statuses.length === 0) return stats.total;
  return filters.statuses.reduce((sum, status) => sum + stats.byStatus[status], 0);
}

function TableFooter({
  load,
  shown,
  total,
  filters,
}: {
  load: LoadState;
  shown: number;
  total: number | undefined;
  filters: OrderFilters;
}) {
  const sorting = filters.sort !== "newest" && !load.complete;
  const count = `${integer.format(shown)} ${shown === 1 ? "order" : "orders"}`;
  const text = sorting
    ? shown >= MAX_ROWS
      ? `Sorted among the newest ${integer.format(shown)}`
      : `Loading orders… ${integer.format(shown)}${total === undefined ? "" : ` of ${integer.format(Math.min(total, MAX_ROWS))}`}`
    : load.complete
      ? count
      : `${count} loaded`;
  return (
    <p className={styles.footer} role="status">
      {load.phase === "more" && !sorting ? `${integer.format(shown)} loaded, loading more…` : text}
    </p>
  );
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
