// What arrived, newest first, and no more of it than anybody would read.

export interface Entry {
  id: number;
  name: string;
  transport: string;
  receivedAt: number;
  payload: unknown;
}

export interface Log {
  entries: readonly Entry[];
  /** While it rests, what arrives is only counted. */
  paused: boolean;
  missed: number;
  next: number;
}

export const NO_LOG: Log = { entries: [], paused: false, missed: 0, next: 1 };
const MOST = 300;

export type LogChange =
  | { type: "arrived"; messages: readonly Omit<Entry, "id">[] }
  | { type: "clear" }
  | { type: "pause"; paused: boolean };

export function logged(log: Log, change: LogChange): Log {
  switch (change.type) {
    case "arrived": {
      if (log.paused) return { ...log, missed: log.missed + change.messages.length };
      const fresh = change.messages.map((message, at) => ({ ...message, id: log.next + at })).reverse();
      return { ...log, entries: [...fresh, ...log.entries].slice(0, MOST), next: log.next + fresh.length };
    }
    case "clear":
      return { ...log, entries: [], missed: 0 };
    case "pause":
      return { ...log, paused: change.paused, missed: change.paused ? log.missed : 0 };
  }
}

/** The beat of the connection rather than news of the store. */
const QUIET = new Set(["heartbeat", "stats.updated", "stats:updated", "order:presence"]);

export function shownEntries(entries: readonly Entry[], words: string, quiet: boolean): readonly Entry[] {
  const wanted = words.trim().toLowerCase();
  return entries.filter(
    (entry) =>
      (quiet || !QUIET.has(entry.name)) &&
      (wanted === "" ||
        entry.name.toLowerCase().includes(wanted) ||
        JSON.stringify(entry.payload ?? null)
          .toLowerCase()
          .includes(wanted)),
  );
}

/** One line of what a payload says, for those who do not open it. */
export function glimpse(payload: unknown): string {
  if (typeof payload !== "object" || payload === null) return payload === undefined ? "" : String(payload);
  const { orderNumber, status, kind, message, role } = payload as Record<string, unknown>;
  const parts = [orderNumber && `#${String(orderNumber)}`, kind, status, message ?? role].filter(
    (part) => typeof part === "string" && part !== "",
  );
  return parts.join(" · ");
}
