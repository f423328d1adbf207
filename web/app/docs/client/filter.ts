/** What can be found: its name, and all the text that it leads to. */
export interface Entry {
  name: string;
  text: string;
}

/**
 * The entries that contain every word of the query in their names. When there are none, those that contain every word
 * in their texts.
 */
export function filter<T extends Entry>(entries: readonly T[], query: string): T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const containing = (part: "name" | "text") =>
    entries.filter((entry) => words.every((word) => entry[part].includes(word)));
  const named = containing("name");
  return named.length > 0 ? named : containing("text");
}
