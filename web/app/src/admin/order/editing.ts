// The unsaved changes of one order, while the order itself keeps receiving live updates.

import type { Order } from "../data/types";
import type { Status } from "../orders/status";
import { compareVersions, dirtyFields, resolveDraft, type Choice, type Difference } from "./conflict";
import { fieldsOf, type Draft, type Field } from "./fields";

export interface Editing {
  draft: Draft;
  /** A requested status that was refused because somebody else changed the order first. */
  requested: { status: Status; reason?: string } | undefined;
  /** The order when the first unsaved change was made. */
  base: Order | undefined;
}

export const NO_EDITS: Editing = { draft: {}, requested: undefined, base: undefined };

export type EditingChange =
  | { type: "edit"; field: Field; value: string; order: Order; timeZone: string }
  | { type: "discard" }
  /** The server saved these fields; `order` is the result. */
  | { type: "saved"; fields: readonly Field[]; order: Order }
  /** Somebody else saved first. */
  | { type: "conflicted"; requested: Editing["requested"]; base: Order }
  /** The user resolved the conflict: continue from `order` with these choices. */
  | { type: "resolved"; order: Order; choices: Readonly<Record<string, Choice>>; timeZone: string };

export function editingReducer(editing: Editing, change: EditingChange): Editing {
  switch (change.type) {
    case "edit": {
      const base = editing.base ?? change.order;
      const draft: Draft = dirtyFields(fieldsOf(base, change.timeZone), {
        ...editing.draft,
        [change.field]: change.value,
      });
      return normalize({ ...editing, draft, base });
    }
    case "discard":
      return NO_EDITS;
    case "saved": {
      const draft = { ...editing.draft };
      for (const field of change.fields) delete draft[field];
      return normalize({ draft, requested: undefined, base: change.order });
    }
    case "conflicted":
      return { ...editing, requested: change.requested, base: editing.base ?? change.base };
    case "resolved": {
      if (!editing.base) return editing;
      const { status: _, ...draft } = resolveDraft(
        withStatus(editing.base, change.timeZone),
        withStatus(change.order, change.timeZone),
        withWanted(editing),
        change.choices,
      );
      return normalize({ draft, requested: undefined, base: change.order });
    }
  }
}

/** Without unsaved changes there is no base to conflict with. */
function normalize(editing: Editing): Editing {
  return Object.keys(editing.draft).length === 0 && !editing.requested ? NO_EDITS : editing;
}

/** The fields that changed since the editing began; empty while nobody else changed anything. */
export function differences({ draft, base, requested }: Editing, order: Order, timeZone: string): Difference[] {
  if (!base || base === order) return [];
  const all = compareVersions(
    withStatus(base, timeZone),
    withStatus(order, timeZone),
    withWanted({ draft, base, requested }),
  );
  // The courier's location changes all the time and is not an edit.
  const visible = all.filter(({ field, kind }) => field !== "location" || kind !== "theirs");
  return visible.some(({ kind }) => kind !== "mine") ? visible : [];
}

function withStatus(order: Order, timeZone: string): Record<string, string> {
  return { status: order.status, ...fieldsOf(order, timeZone) };
}

function withWanted({ draft, requested }: Editing): Record<string, string> {
  return { ...draft, ...(requested && { status: requested.status }) };
}
