import { STATUSES } from "@ordercast/client";
import { useNow } from "@ordercast/react";
import { Keyboard, Search, X } from "lucide-react";
import { useEffect, useRef, useState, type Ref } from "react";

import { useConfig } from "../../api/config";
import { statusAppearance } from "../../orders/status";
import { Button, cx, formatInteger, IconButton, Input, Select } from "../../ui";
import { timesIn } from "../../time/times";
import type { Stats } from "../data/types";
import { ExportButton } from "./ExportButton";
import { isFiltered, NO_FILTERS, PERIODS, SORTS, type OrderFilters, type Period, type Sort } from "./filters";
import type { Status } from "./status";
import styles from "./Toolbar.module.css";

const PERIOD_NAMES: Record<Period, string> = {
  any: "Any time",
  today: "Today",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
  custom: "Custom range",
};

const SORT_NAMES: Record<Sort, string> = {
  newest: "Newest first",
  oldest: "Oldest first",
  changed: "Recently updated",
  "total-high": "Highest total first",
  "total-low": "Lowest total first",
};

export interface ToolbarProps {
  filters: OrderFilters;
  onChange: (filters: OrderFilters) => void;
  stats: Stats | undefined;
  onShowKeys: () => void;
  search: Ref<HTMLInputElement>;
  /** Moves the focus from the search field into the results. */
  onDown: () => void;
}

export function Toolbar({ filters, onChange, stats, onShowKeys, search, onDown }: ToolbarProps) {
  const { timeZone } = useConfig();
  const zone = timesIn(timeZone).zone(useNow());
  const change = (more: Partial<OrderFilters>) => onChange({ ...filters, ...more });
  return (
    <div className={styles.toolbar} role="search" aria-label="Orders">
      {/* The counts are those of all orders, and would be wrong beside a search or a period. */}
      <StatusChips
        statuses={filters.statuses}
        stats={filters.text === "" && filters.period === "any" ? stats : undefined}
        onChange={(statuses) => change({ statuses })}
      />
      <div className={styles.line}>
        <SearchBox text={filters.text} onChange={(text) => change({ text })} inputRef={search} onDown={onDown} />
        <Select
          className={styles.select}
          aria-label="Placed"
          value={filters.period}
          onChange={({ target }) => change({ period: target.value as Period })}
        >
          {PERIODS.map((period) => (
            <option key={period} value={period}>
              {PERIOD_NAMES[period]}
              {period === "today" && zone && ` in ${zone}`}
            </option>
          ))}
        </Select>
        {filters.period === "custom" && <Days filters={filters} onChange={change} />}
        <Select
          className={styles.select}
          aria-label="Sort"
          value={filters.sort}
          onChange={({ target }) => change({ sort: target.value as Sort })}
        >
          {SORTS.map((sort) => (
            <option key={sort} value={sort}>
              {SORT_NAMES[sort]}
            </option>
          ))}
        </Select>
        {isFiltered(filters) && (
          <Button variant="quiet" onClick={() => onChange({ ...NO_FILTERS, sort: filters.sort })}>
            <X aria-hidden="true" />
            Clear
          </Button>
        )}
        <ExportButton filters={filters} />
        <IconButton label="Keyboard shortcuts" className={styles.keys} onClick={onShowKeys}>
          <Keyboard aria-hidden="true" />
        </IconButton>
      </div>
    </div>
  );
}

function StatusChips({
  statuses,
  stats,
  onChange,
}: {
  statuses: readonly Status[];
  stats: Stats | undefined;
  onChange: (statuses: readonly Status[]) => void;
}) {
  const toggle = (status: Status) =>
    onChange(statuses.includes(status) ? statuses.filter((other) => other !== status) : [...statuses, status]);
  return (
    <div className={styles.chips} role="group" aria-label="Status">
      <button type="button" className={styles.chip} aria-pressed={statuses.length === 0} onClick={() => onChange([])}>
        All
        <Count count={stats?.total} />
      </button>
      {STATUSES.map((status) => {
        const { icon: Icon, label, tone } = statusAppearance(status);
        return (
          <button
            key={status}
            type="button"
            className={cx(styles.chip, styles[tone])}
            aria-pressed={statuses.includes(status)}
            onClick={() => toggle(status)}
          >
            <Icon aria-hidden="true" />
            {label}
            <Count count={stats?.byStatus[status]} />
          </button>
        );
      })}
    </div>
  );
}

function Count({ count }: { count: number | undefined }) {
  return count === undefined ? null : <span className={styles.count}>{formatInteger(count)}</span>;
}

/** Delay between the last key press and the search. */
const DEBOUNCE_MS = 250;

function SearchBox({
  text,
  onChange,
  inputRef,
  onDown,
}: {
  text: string;
  onChange: (text: string) => void;
  inputRef: Ref<HTMLInputElement>;
  onDown: () => void;
}) {
  const [typed, setTyped] = useState(text);
  const [syncedText, setSyncedText] = useState(text);
  // The location changed outside of this field: back button, or cleared filters.
  if (syncedText !== text) {
    setSyncedText(text);
    if (typed.trim() !== text) setTyped(text);
  }
  const latestOnChange = useRef(onChange);
  useEffect(() => {
    latestOnChange.current = onChange;
  });
  useEffect(() => {
    if (typed.trim() === text) return;
    const timer = setTimeout(() => latestOnChange.current(typed.trim()), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [typed, text]);
  return (
    <div className={styles.search}>
      <Search aria-hidden="true" />
      <Input
        ref={inputRef}
        type="search"
        aria-label="Search orders"
        aria-keyshortcuts="/"
        placeholder="Number, name, email, phone, tracking number"
        maxLength={100}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") onChange(typed.trim());
          if (event.key === "Escape" && typed === "") event.currentTarget.blur();
          if (event.key === "ArrowDown") {
            event.preventDefault();
            onDown();
          }
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}

function Days({ filters, onChange }: { filters: OrderFilters; onChange: (more: Partial<OrderFilters>) => void }) {
  return (
    <div className={styles.days}>
      <Input
        type="date"
        aria-label="From day"
        value={filters.firstDay ?? ""}
        max={filters.lastDay}
        onChange={({ target }) => onChange({ firstDay: target.value })}
      />
      <span aria-hidden="true">–</span>
      <Input
        type="date"
        aria-label="To day"
        value={filters.lastDay ?? ""}
        min={filters.firstDay}
        onChange={({ target }) => onChange({ lastDay: target.value })}
      />
    </div>
  );
}
