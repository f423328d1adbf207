// The table's keyboard shortcuts. The help dialog shows `SHORTCUTS`.

export type GridAction =
  | { action: "move"; to: number; extend: boolean }
  | { action: "open" | "select" | "select all" | "clear" | "next step" | "set status" };

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

/** The action of a key while a row has the focus; undefined for any other key. */
export function gridAction(press: Press, { index, count, page }: Position): GridAction | undefined {
  const { key, shiftKey, altKey } = press;
  const command = press.ctrlKey || press.metaKey;
  if (altKey) return undefined;
  if (command) return key.toLowerCase() === "a" ? { action: "select all" } : undefined;
  const move = (to: number): GridAction => ({
    action: "move",
    to: Math.max(0, Math.min(count - 1, to)),
    extend: shiftKey,
  });
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
      return { action: "open" };
    case " ":
    case "x":
      return { action: "select" };
    case "Escape":
      return { action: "clear" };
    case "n":
      return { action: "next step" };
    case "s":
      return { action: "set status" };
    default:
      return undefined;
  }
}

export const SHORTCUTS: readonly { keys: readonly string[]; action: string }[] = [
  { keys: ["↑", "↓"], action: "Move between orders (also K and J)" },
  { keys: ["Page ↑", "Page ↓", "Home", "End"], action: "Move by page, or to the first or last order" },
  { keys: ["Enter"], action: "Open the order" },
  { keys: ["X", "Space"], action: "Select the order" },
  { keys: ["Shift + ↑", "Shift + ↓"], action: "Select several" },
  { keys: ["Ctrl + A"], action: "Select all loaded orders" },
  { keys: ["S"], action: "Set the status of the selected orders" },
  { keys: ["N"], action: "Advance the order" },
  { keys: ["Esc"], action: "Clear selection" },
  { keys: ["/"], action: "Search" },
  { keys: ["?"], action: "Show keyboard shortcuts" },
];

/** Whether the event comes from a text field: shortcuts are disabled there. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}
