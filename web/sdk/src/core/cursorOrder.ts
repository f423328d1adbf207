// A cursor is opaque to clients. These functions know today's form (`epoch:seq`) and return undefined for any other form.

/** Before (-1), equal (0) or after (1); undefined where the cursors cannot be compared: another epoch or another form. */
export function compareCursors(a: string, b: string): -1 | 0 | 1 | undefined {
  if (a === b) return 0;
  const [one, other] = [parse(a), parse(b)];
  if (one === undefined || other === undefined || one.epoch !== other.epoch) return undefined;
  return one.seq < other.seq ? -1 : one.seq > other.seq ? 1 : 0;
}

/** Number of log entries from one cursor to another; undefined where the cursors cannot be compared. */
export function distance(from: string, to: string): number | undefined {
  const [one, other] = [parse(from), parse(to)];
  return one === undefined || other === undefined || one.epoch !== other.epoch ? undefined : other.seq - one.seq;
}

/** The earlier cursor; the first one where they cannot be compared. */
export function earlierCursor(a: string | null, b: string): string {
  return a === null || compareCursors(b, a) === -1 ? b : a;
}

/** Undefined where the form is not known. */
export function epochOf(cursor: string): string | undefined {
  return parse(cursor)?.epoch;
}

function parse(cursor: string): { epoch: string; seq: number } | undefined {
  const match = /^([0-9a-f]+):(\d{1,15})$/.exec(cursor);
  if (match === null) return undefined;
  const [, epoch, seq] = match;
  return epoch === undefined || seq === undefined ? undefined : { epoch, seq: Number(seq) };
}
