// An order's timeline: the entries read, and the events since.

import type { OrderEvent } from "../live/events.js";
import type { TimelineEvent } from "../model.js";

/** Maximum number of entries. Only locations come in such numbers, so only locations are dropped. */
const MAX_ENTRIES = 1000;

/** A live event as a timeline entry; undefined for events inferred by polling, which are not complete. */
export function entryOf(event: OrderEvent): TimelineEvent | undefined {
  if (event.transport === "polling") return undefined;
  const { cursor: _, transport: __, missed: ___, own: ____, listed: _____, here: ______, ...entry } = event;
  return entry;
}

/** The timeline with further entries, each once, oldest first. The same array where nothing is new. */
export function withEntries(
  timeline: readonly TimelineEvent[],
  entries: readonly TimelineEvent[],
): readonly TimelineEvent[] {
  const known = new Set(timeline.map((entry) => entry.id));
  const fresh = entries.filter((entry) => !known.has(entry.id));
  if (fresh.length === 0) return timeline;
  return trimmed([...timeline, ...fresh].sort(compareEntries));
}

function compareEntries(a: TimelineEvent, b: TimelineEvent): number {
  return a.version - b.version || Date.parse(a.at) - Date.parse(b.at);
}

function trimmed(entries: TimelineEvent[]): readonly TimelineEvent[] {
  let surplus = entries.length - MAX_ENTRIES;
  if (surplus <= 0) return entries;
  return entries.filter((entry) => {
    if (surplus <= 0 || entry.kind !== "delivery.located") return true;
    surplus -= 1;
    return false;
  });
}
