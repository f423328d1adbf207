// The keys of the table, and what they mean. The same list is shown when somebody asks for it.

export type GridKey =
  | { does: "move"; to: number; extend: boolean }
  | { does: "open" | "select" | "select all" | "clear" | "next step" | "set status" };

export interface Press {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

export interface Position {
  index: number;
  count: number;
  /** Rows that fit on the screen. */
  page: number;
}

/** What a key does while a row has the focus; undefined when it is none of the table's. */
export function gridKey(press: Press, { index, count, page }: Position): GridKey | undefined {
  const { key, shiftKey, altKey } = press;
  const command = press.ctrlKey || press.metaKey;
  if (altKey) return undefined;
  if (command) return key.toLowerCase() === "a" ? { does: "select all" } : undefined;
  const move = (to: number): GridKey => ({ does: "move", to: Math.max(0, Math.min(count - 1, to)), extend: shiftKey });
  switch (key) {
    case "ArrowDown":
    case "j":
    case "J":
      return move(index + 1);
    case "ArrowUp":
    case "k":
    case "K":
      return move(index - 1);
    case "PageDown":
      return move(index + page);
    case "PageUp":
      return move(index - page);
    case "Home":
      return move(0);
    case "End":
      return move(count - 1);
    case "Enter":
      return { does: "open" };
    case " ":
    case "x":
      return { does: "select" };
    case "Escape":
      return { does: "clear" };
    case "n":
      return { does: "next step" };
    case "s":
      return { does: "set status" };
    default:
      return undefined;
  }
}

export const KEYS_SHOWN: readonly { keys: readonly string[]; does: string }[] = [
  { keys: ["↑", "↓"], does: "Move between orders (also K and J)" },
  { keys: ["Page ↑", "Page ↓", "Home", "End"], does: "Move further" },
  { keys: ["Enter"], does: "Open the order" },
  { keys: ["X", "Space"], does: "Select the order" },
  { keys: ["Shift + ↑", "Shift + ↓"], does: "Select several" },
  { keys: ["Ctrl + A"], does: "Select all that are loaded" },
  { keys: ["S"], does: "Set the status of what is selected" },
  { keys: ["N"], does: "Move the order one step on" },
  { keys: ["Esc"], does: "Select nothing" },
  { keys: ["/"], does: "Search" },
  { keys: ["?"], does: "Show these keys" },
];

/** Whether somebody types: then a letter is a letter. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}
