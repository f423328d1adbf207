// The latest messages, newest first, up to `MAX_ENTRIES`.

import type { TransportName } from "@ordercast/client";

export interface Entry {
  id: number;
  name: string;
  transport: TransportName;
  receivedAt: number;
  payload: unknown;
}

export interface Log {
  entries: readonly Entry[];
  /** While paused, messages are only counted. */
  paused: boolean;
  missed: number;
  next: number;
}

export const EMPTY_LOG: Log = { entries: [], paused: false, missed: 0, next: 1 };
const MAX_ENTRIES = 300;

export type LogChange =
  | { type: "arrived"; messages: readonly Omit<Entry, "id">[] }
  | { type: "clear" }
  | { type: "pause"; paused: boolean };

export function logReducer(log: Log, change: LogChange): Log {
  switch (change.type) {
    case "arrived": {
      if (log.paused) return { ...log, missed: log.missed + change.messages.length };
      const fresh = change.messages.map((message, at) => ({ ...message, id: log.next + at })).reverse();
      return { ...log, entries: [...fresh, ...log.entries].slice(0, MAX_ENTRIES), next: log.next + fresh.length };
    }
    case "clear":
      return { ...log, entries: [], missed: 0 };
    case "pause":
      return { ...log, paused: change.paused, missed: change.paused ? log.missed : 0 };
  }
}

/** Messages about the connection and the counts, hidden by default. */
const BACKGROUND_EVENTS = new Set(["heartbeat", "stats.updated", "stats:updated", "order:presence"]);

export function shownEntries(entries: readonly Entry[], query: string, showBackground: boolean): readonly Entry[] {
  const needle = query.trim().toLowerCase();
  return entries.filter(
    (entry) =>
      (showBackground || !BACKGROUND_EVENTS.has(entry.name)) &&
      (needle === "" ||
        entry.name.toLowerCase().includes(needle) ||
        JSON.stringify(entry.payload ?? null)
          .toLowerCase()
          .includes(needle)),
  );
}

/** One line that summarizes a payload. */
export function summarizePayload(payload: unknown): string {
  if (typeof payload !== "object" || payload === null) return payload === undefined ? "" : String(payload);
  const { orderNumber, status, kind, message, role } = payload as Record<string, unknown>;
  const parts = [orderNumber && `#${String(orderNumber)}`, kind, status, message ?? role].filter(
    (part) => typeof part === "string" && part !== "",
  );
  return parts.join(" · ");
}
