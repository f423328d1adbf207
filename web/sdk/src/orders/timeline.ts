// An order's timeline, put together from what was read and what arrived since.

import type { OrderEvent } from "../live/events.js";
import type { TimelineEvent } from "../model.js";

/** Entries that are kept. Only places of a delivery come in such numbers, and only those are let go. */
const LIMIT = 1000;

/** A live event as the timeline has it; undefined where polling noticed it, which does not know enough. */
export function lineOf(event: OrderEvent): TimelineEvent | undefined {
  if (event.transport === "polling") return undefined;
  const { cursor: _, transport: __, missed: ___, own: ____, ...line } = event;
  return line;
}

/** Both, each event once, oldest first. The same array where nothing is new. */
export function withLines(
  timeline: readonly TimelineEvent[],
  lines: readonly TimelineEvent[],
): readonly TimelineEvent[] {
  const known = new Set(timeline.map((line) => line.id));
  const fresh = lines.filter((line) => !known.has(line.id));
  if (fresh.length === 0) return timeline;
  return trimmed([...timeline, ...fresh].sort(compareLines));
}

function compareLines(one: TimelineEvent, other: TimelineEvent): number {
  return one.version - other.version || Date.parse(one.at) - Date.parse(other.at);
}

function trimmed(lines: TimelineEvent[]): readonly TimelineEvent[] {
  let surplus = lines.length - LIMIT;
  if (surplus <= 0) return lines;
  return lines.filter((line) => {
    if (surplus <= 0 || line.kind !== "delivery.located") return true;
    surplus -= 1;
    return false;
  });
}
