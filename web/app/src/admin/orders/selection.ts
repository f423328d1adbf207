// The selected orders. A range starts at the order selected last.

export interface Selection {
  ids: ReadonlySet<string>;
  /** Where a range starts. */
  anchor: string | undefined;
}

export const NOTHING_SELECTED: Selection = { ids: new Set(), anchor: undefined };

export type SelectionChange =
  | { type: "toggle"; id: string }
  | { type: "range"; to: string; within: readonly string[] }
  | { type: "set"; ids: readonly string[] }
  | { type: "anchor"; id: string };

export function select(selection: Selection, change: SelectionChange): Selection {
  switch (change.type) {
    case "toggle": {
      const ids = new Set(selection.ids);
      if (!ids.delete(change.id)) ids.add(change.id);
      return { ids, anchor: change.id };
    }
    case "range": {
      const from = change.within.indexOf(selection.anchor ?? change.to);
      const to = change.within.indexOf(change.to);
      if (to < 0) return selection;
      const [first, last] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
      const ids = new Set([...selection.ids, ...change.within.slice(first, last + 1)]);
      return { ids, anchor: selection.anchor ?? change.to };
    }
    case "set":
      return { ids: new Set(change.ids), anchor: undefined };
    case "anchor":
      return { ...selection, anchor: change.id };
  }
}
