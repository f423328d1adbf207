// Records how long each action has had its position and its meaning. Does not use the DOM: see clickGuard.ts.

import type { Box } from "./toastPlacement";

export interface ShownAction {
  /** The effect of a click, such as the status that a button sets. */
  meaning: string;
  box: Box;
  /** Appears and disappears at any time, as toasts do. */
  floats?: boolean;
}

/** Events that may have moved actions. */
export interface Causes {
  /** Milliseconds since the person acted, for example scrolled or pressed a key. */
  sinceOwn: number;
  /** Milliseconds since the page received news, such as a new order. */
  sinceNews: number;
}

/** Clicks this soon after a change are ignored. People need about half as long to notice and to stop. */
export const STEADY_MS = 500;
/** Actions that move this soon after the person acted were moved by the person. */
const ANSWER_MS = 250;
/** News can move actions for this long, because rows that no longer match disappear with a delay. */
const NEWS_MS = 3000;

interface Change {
  meaning: number;
  position: number;
}

const LONG_AGO = Number.NEGATIVE_INFINITY;

/** Remembers the actions on the page. `Action` identifies one, such as an element. */
export class Steadiness<Action> {
  #shown = new Map<Action, ShownAction>();
  #changes = new Map<Action, Change>();
  /** Positions that an action has just left. A click there is meant for that action. */
  #left: { action: Action; box: Box; at: number }[] = [];

  update(shown: Map<Action, ShownAction>, at: number, { sinceOwn, sinceNews }: Causes): void {
    // Actions that appear or disappear within half a second after the person acted were opened or closed by the person.
    const mayMove = ({ floats }: ShownAction) => sinceOwn >= ANSWER_MS && (floats === true || sinceNews < NEWS_MS);
    const mayCome = (action: ShownAction) => sinceOwn >= STEADY_MS && mayMove(action);
    const before = this.#shown;
    const changes = new Map<Action, Change>();
    this.#left = this.#left.filter((each) => at - each.at < STEADY_MS);
    const boxes = [...before.values()].map(({ box }) => box);
    for (const [action, now] of shown) {
      const { meaning, box } = now;
      const last = before.get(action);
      const change = this.#changes.get(action) ?? { meaning: LONG_AGO, position: LONG_AGO };
      changes.set(action, change);
      if (last && last.meaning !== meaning) change.meaning = at;
      if (last && mayMove(now) && hasMoved(last.box, box)) {
        change.position = at;
        this.#left.push({ action, box: last.box, at });
      }
      if (!last && mayCome(now) && boxes.some((each) => overlap(each, box))) change.position = at;
    }
    for (const [action, gone] of before)
      if (!shown.has(action) && mayCome(gone)) this.#left.push({ action, box: gone.box, at });
    this.#shown = shown;
    this.#changes = changes;
  }

  /** Whether the action's meaning has not changed for {@link STEADY_MS} at the time `at`. */
  hasSteadyMeaning(action: Action, at: number): boolean {
    return at - (this.#changes.get(action)?.meaning ?? LONG_AGO) >= STEADY_MS;
  }

  /** Whether the same action has been at this point for {@link STEADY_MS} at the time `at`. */
  hasSteadyPosition(action: Action, at: number, x: number, y: number): boolean {
    if (at - (this.#changes.get(action)?.position ?? LONG_AGO) < STEADY_MS) return false;
    return !this.#left.some((each) => each.action !== action && at - each.at < STEADY_MS && contains(each.box, x, y));
  }
}

/** Whether the box has moved by more than half of its size. */
function hasMoved(from: Box, to: Box): boolean {
  return Math.abs(from.left - to.left) * 2 > to.width || Math.abs(from.top - to.top) * 2 > to.height;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}

function contains({ left, top, width, height }: Box, x: number, y: number): boolean {
  return x >= left && x < left + width && y >= top && y < top + height;
}
