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
import { moveOn, setMany } from "./actions";
import { BulkBar } from "./BulkBar";
import { BulkDialog } from "./BulkDialog";
import { isFiltered, NO_FILTERS, type OrderFilters } from "./filters";
import { isTyping } from "./keys";
import { KeysDialog } from "./KeysDialog";
import { MOST_ROWS, type LoadState } from "./loader";
import { OrderGrid } from "./OrderGrid";
import styles from "./OrdersPage.module.css";
import { NOTHING_SELECTED, select } from "./selection";
import { useIds, useLoadState, useOrderTable } from "./table";
import { Toolbar } from "./Toolbar";
import { useFilters } from "./useFilters";
import type { Row } from "./row";
import type { Stats } from "../data/types";

/** `/admin`: every order of the store, live. */
export default function OrdersPage() {
  const client = useOrdercast();
  const api = useApi();
  const { store, loader } = useOrderTable();
  const { filters, address, setFilters } = useFilters();
  const ids = useIds(store);
  const load = useLoadState(loader);
  const stats = useStats();
  const { timeZone } = useConfig();
  const [selection, choose] = useReducer(select, NOTHING_SELECTED);
  const [bulk, setBulk] = useState<readonly Row[]>();
  const [keys, setKeys] = useState(false);
  const [selectingAll, setSelectingAll] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const page = useRef<HTMLDivElement>(null);
  const [, navigate] = useLocation();
  useOpened(filters, address);
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
    choose({ does: "set", ids: store.ids() });
  };

  const first = load.phase === "first" && ids.length === 0;
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
          title="The orders could not be read"
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
        {first && <Shape />}
        {!first && ids.length > 0 && (
          <OrderGrid
            ids={ids}
            view={address}
            total={totalOf(filters, stats, load, ids.length)}
            selection={selection}
            onSelect={choose}
            onOpen={open}
            onStep={(id, status) => void moveOn(client, store, id, status)}
            onSetStatus={(id) => setStatusOf(selection.ids.size > 0 ? selection.ids : [id])}
            sort={filters.sort}
            onSort={(sort) => setFilters({ ...filters, sort })}
          />
        )}
        {load.phase === "idle" && ids.length === 0 && (
          <Nothing filtered={isFiltered(filters)} onClear={() => setFilters(NO_FILTERS)} />
        )}
        {selection.ids.size > 0 && (
          <BulkBar
            count={selection.ids.size}
            onSelectAll={load.complete && selection.ids.size >= ids.length ? undefined : () => void selectAll()}
            selectingAll={selectingAll}
            onSetStatus={() => setStatusOf(selection.ids)}
            onClear={() => choose({ does: "set", ids: [] })}
          />
        )}
      </div>
      {ids.length > 0 && <Foot load={load} shown={ids.length} filters={filters} />}
      {bulk && (
        <BulkDialog
          rows={bulk}
          run={(orders, status, more, onProgress) => setMany(api, store, orders, status, more, onProgress)}
          onClose={() => setBulk(undefined)}
          onSelect={(chosen) => choose({ does: "set", ids: chosen })}
        />
      )}
      <KeysDialog open={keys} onOpenChange={setKeys} />
    </div>
  );
}

/** Opens the table for these filters: anew when they changed, and when the store's day has. */
function useOpened(filters: OrderFilters, address: string) {
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

/** `/` and `?` from anywhere, and an arrow key from nowhere into the table. */
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

/** To the row that was reached last, or the first. */
function focusTable(page: HTMLElement | null) {
  page?.querySelector<HTMLElement>('[data-id][tabindex="0"]')?.focus({ preventScroll: true });
}

const whole = new Intl.NumberFormat();

function summaryOf(stats: Stats | undefined): string {
  if (!stats) return "";
  const { today, active } = stats;
  return `${whole.format(active)} active · ${whole.format(today.orders)} placed today`;
}

/** How many rows there are in all, where that is known without counting. */
function totalOf(filters: OrderFilters, stats: Stats | undefined, load: LoadState, loaded: number): number | undefined {
  if (load.complete) return loaded;
  if (!stats || filters.text !== "" || filters.period !== "any") return undefined;
  if (filters.statuses.length === 0) return stats.total;
  return filters.statuses.reduce((sum, status) => sum + stats.byStatus[status], 0);
}

function Foot({ load, shown, filters }: { load: LoadState; shown: number; filters: OrderFilters }) {
  const sorting = filters.sort !== "newest" && !load.complete;
  const count = `${whole.format(shown)} ${shown === 1 ? "order" : "orders"}`;
  const words = sorting
    ? shown >= MOST_ROWS
      ? `Sorted among the newest ${whole.format(shown)}`
      : `Reading all to sort them: ${whole.format(shown)} so far`
    : load.complete
      ? count
      : `${count} loaded`;
  return (
    <p className={styles.foot} role="status">
      {load.phase === "more" && !sorting ? `Loading more after ${whole.format(shown)} …` : words}
    </p>
  );
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (!filtered) {
    return (
      <EmptyState icon={Inbox} title="No orders yet">
        The first one appears here by itself, the moment it is placed.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={SearchX} title="No order matches" action={<Button onClick={onClear}>Clear the filters</Button>}>
      Try fewer statuses, another time, or other words.
    </EmptyState>
  );
}

function Shape() {
  return (
    <Loading label="Loading orders">
      <div className={styles.shape}>
        {Array.from({ length: 9 }, (_, at) => (
          <Skeleton key={at} height="2.25rem" />
        ))}
      </div>
    </Loading>
  );
}
