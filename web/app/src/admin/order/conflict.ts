// Two people edit one order (or product). What each of them changed is found against what was there when the editing
// began; nobody's work is thrown away without being asked.

/** The fields of a form, as the form has them: text. */
export type Fields = Readonly<Record<string, string>>;

export interface Difference {
  field: string;
  /** When the editing began. */
  base: string;
  /** On the server now. */
  theirs: string;
  /** In the form. */
  mine: string;
  /** `clash`: both changed it, and not to the same. */
  kind: "mine" | "theirs" | "clash";
}

/** Whatever is different between the three, in the order of the form. Fields that ended the same are no difference. */
export function compare(base: Fields, theirs: Fields, draft: Fields): Difference[] {
  const differences: Difference[] = [];
  for (const field of Object.keys({ ...base, ...theirs, ...draft })) {
    const was = base[field] ?? "";
    const now = theirs[field] ?? was;
    const mine = draft[field] ?? was;
    const [changedByThem, changedByMe] = [now !== was, mine !== was];
    if (mine === now) continue;
    if (changedByMe && changedByThem) differences.push({ field, base: was, theirs: now, mine, kind: "clash" });
    else if (changedByMe) differences.push({ field, base: was, theirs: now, mine, kind: "mine" });
    else if (changedByThem) differences.push({ field, base: was, theirs: now, mine: was, kind: "theirs" });
  }
  return differences;
}

/** What of the form is really changed: a field that was typed back to what is there is not. */
export function dirtyFields(base: Fields, draft: Fields): Record<string, string> {
  const dirty: Record<string, string> = {};
  for (const [field, value] of Object.entries(draft)) {
    if (value !== (base[field] ?? "")) dirty[field] = value;
  }
  return dirty;
}

export type Choice = "mine" | "theirs";

/**
 * The draft that goes on top of theirs: my changes, but for the fields where theirs were chosen. What only they changed
 * is theirs without being asked.
 */
export function resolve(
  base: Fields,
  theirs: Fields,
  draft: Fields,
  choices: Readonly<Record<string, Choice>>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const { field, mine, kind } of compare(base, theirs, draft)) {
    if (kind === "mine" || (kind === "clash" && choices[field] !== "theirs")) kept[field] = mine;
  }
  return kept;
}
