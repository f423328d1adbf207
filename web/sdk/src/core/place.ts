// A cursor is opaque to clients, and stays so: this knows today's form and says when it does not know.

/** Before (-1), at (0) or after (1); undefined where that cannot be told: another history, another form. */
export function comparePlaces(one: string, other: string): -1 | 0 | 1 | undefined {
  if (one === other) return 0;
  const [a, b] = [parts(one), parts(other)];
  if (a === undefined || b === undefined || a.epoch !== b.epoch) return undefined;
  return a.seq < b.seq ? -1 : a.seq > b.seq ? 1 : 0;
}

/** The earlier one, where that can be told, else the first. */
export function earlier(one: string | null, other: string): string {
  return one === null || comparePlaces(other, one) === -1 ? other : one;
}

/** Which history a place is in; undefined where its form is not known. */
export function historyOf(cursor: string): string | undefined {
  return parts(cursor)?.epoch;
}

function parts(cursor: string): { epoch: string; seq: number } | undefined {
  const found = /^([0-9a-f]+):(\d{1,15})$/.exec(cursor);
  if (found === null) return undefined;
  const [, epoch, seq] = found;
  return epoch === undefined || seq === undefined ? undefined : { epoch, seq: Number(seq) };
}
