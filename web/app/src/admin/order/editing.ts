// One person's unsaved changes of one order, while the order itself lives on.

import type { Order } from "../data/types";
import type { Status } from "../orders/status";
import { compare, dirtyFields, resolve, type Choice, type Difference } from "./conflict";
import { fieldsOf, type Draft, type Field } from "./fields";

export interface Editing {
  draft: Draft;
  /** A status that was asked for and lost against somebody else's change. */
  wanted: { status: Status; reason?: string } | undefined;
  /** The order as it was when the first of these changes was made. */
  base: Order | undefined;
}

export const UNTOUCHED: Editing = { draft: {}, wanted: undefined, base: undefined };

export type EditingChange =
  | { type: "edit"; field: Field; value: string; order: Order; timeZone: string }
  | { type: "discard" }
  /** The server took these fields over, and the order is now so. */
  | { type: "saved"; fields: readonly Field[]; order: Order }
  /** Somebody else was first. */
  | { type: "lost"; wanted: Editing["wanted"]; base: Order }
  /** Seen what the other one did: go on from there, with these choices. */
  | { type: "settled"; order: Order; choices: Readonly<Record<string, Choice>>; timeZone: string };

export function edit(editing: Editing, change: EditingChange): Editing {
  switch (change.type) {
    case "edit": {
      const base = editing.base ?? change.order;
      const draft: Draft = dirtyFields(fieldsOf(base, change.timeZone), {
        ...editing.draft,
        [change.field]: change.value,
      });
      return rest({ ...editing, draft, base });
    }
    case "discard":
      return UNTOUCHED;
    case "saved": {
      const draft = { ...editing.draft };
      for (const field of change.fields) delete draft[field];
      return rest({ draft, wanted: undefined, base: change.order });
    }
    case "lost":
      return { ...editing, wanted: change.wanted, base: editing.base ?? change.base };
    case "settled": {
      if (!editing.base) return editing;
      const { status: _, ...draft } = resolve(
        withStatus(editing.base, change.timeZone),
        withStatus(change.order, change.timeZone),
        withWanted(editing),
        change.choices,
      );
      return rest({ draft, wanted: undefined, base: change.order });
    }
  }
}

/** With nothing unsaved there is nothing that could be stale. */
function rest(editing: Editing): Editing {
  return Object.keys(editing.draft).length === 0 && !editing.wanted ? UNTOUCHED : editing;
}

/** What became different since the editing began; empty while nobody else changed anything. */
export function differences({ draft, base, wanted }: Editing, order: Order, timeZone: string): Difference[] {
  if (!base || base === order) return [];
  const all = compare(withStatus(base, timeZone), withStatus(order, timeZone), withWanted({ draft, base, wanted }));
  // Where a parcel is changes all the time, and is nobody's edit.
  const told = all.filter(({ field, kind }) => field !== "location" || kind !== "theirs");
  return told.some(({ kind }) => kind !== "mine") ? told : [];
}

function withStatus(order: Order, timeZone: string): Record<string, string> {
  return { status: order.status, ...fieldsOf(order, timeZone) };
}

function withWanted({ draft, wanted }: Editing): Record<string, string> {
  return { ...draft, ...(wanted && { status: wanted.status }) };
}
