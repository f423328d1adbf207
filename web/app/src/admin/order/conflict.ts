// Three-way comparison for two people who edit the same order or product: what each of them changed is found against
// the version at which the editing began.

/** Form fields as text. */
export type Fields = Readonly<Record<string, string>>;

export interface Difference {
  field: string;
  /** The value when the editing began. */
  base: string;
  /** The value on the server now. */
  theirs: string;
  /** The value in the form. */
  mine: string;
  /** `conflict`: both sides changed the field, to different values. */
  kind: "mine" | "theirs" | "conflict";
}

/**
 * The fields that differ, in the order of the form. A field that both sides changed to the same value is not a
 * difference.
 */
export function compareVersions(base: Fields, theirs: Fields, draft: Fields): Difference[] {
  const differences: Difference[] = [];
  for (const field of Object.keys({ ...base, ...theirs, ...draft })) {
    const was = base[field] ?? "";
    const now = theirs[field] ?? was;
    const mine = draft[field] ?? was;
    const [changedByThem, changedByMe] = [now !== was, mine !== was];
    if (mine === now) continue;
    if (changedByMe && changedByThem) differences.push({ field, base: was, theirs: now, mine, kind: "conflict" });
    else if (changedByMe) differences.push({ field, base: was, theirs: now, mine, kind: "mine" });
    else if (changedByThem) differences.push({ field, base: was, theirs: now, mine: was, kind: "theirs" });
  }
  return differences;
}

/** The fields whose value differs from `base`. */
export function dirtyFields(base: Fields, draft: Fields): Record<string, string> {
  const dirty: Record<string, string> = {};
  for (const [field, value] of Object.entries(draft)) {
    if (value !== (base[field] ?? "")) dirty[field] = value;
  }
  return dirty;
}

export type Choice = "mine" | "theirs";

/** The draft rebased onto their version: my changes, except for conflicts where theirs was chosen. */
export function resolveDraft(
  base: Fields,
  theirs: Fields,
  draft: Fields,
  choices: Readonly<Record<string, Choice>>,
): Record<string, string> {
  const resolved: Record<string, string> = {};
  for (const { field, mine, kind } of compareVersions(base, theirs, draft)) {
    if (kind === "mine" || (kind === "conflict" && choices[field] !== "theirs")) resolved[field] = mine;
  }
  return resolved;
}
