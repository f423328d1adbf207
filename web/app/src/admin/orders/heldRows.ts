// Rows that hold still while somebody points at them: nothing may slide under a resting pointer.

export interface HeldRows {
  /** The rows as shown before, and the rows that follow the last of them. */
  ids: readonly string[];
  /** Number of rows that would be inserted before or between the shown ones. */
  waiting: number;
  /** Shown rows that are no longer in the list. */
  gone: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/** What to show of a list while `shown` has to stay in place. */
export function holdRows(shown: readonly string[], ids: readonly string[]): HeldRows {
  if (shown === ids || shown.length === 0) return { ids, waiting: 0, gone: NONE };
  const known = new Set(shown);
  let end = ids.length;
  while (end > 0 && !known.has(ids[end - 1] ?? "")) end -= 1;
  // Without a common row it is another list.
  if (end === 0) return { ids: ids.length === 0 ? shown : ids, waiting: 0, gone: ids.length === 0 ? known : NONE };
  const appended = ids.slice(end);
  const current = new Set(ids);
  const gone = shown.filter((id) => !current.has(id));
  return {
    ids: appended.length === 0 ? shown : [...shown, ...appended],
    waiting: ids.slice(0, end).reduce((count, id) => (known.has(id) ? count : count + 1), 0),
    gone: gone.length === 0 ? NONE : new Set(gone),
  };
}
