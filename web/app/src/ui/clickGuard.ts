// A click does what was shown where it hits. Orders arrive and change while a hand is on its way: an action that slid
// under the pointer, or whose meaning changed, within the last half second ignores the click.

import { Steadiness, type ShownAction } from "./steadiness";

/** `data-acts` says what a button does where that changes, such as the next status of an order. */
const ACTIONS = 'a[href], button, [role="menuitem"], [role="row"][data-id]';
/** How often positions are read at most, however often the page changes. */
const READ_MS = 100;

const actions = new Steadiness<Element>();
let lastOwnAt = Number.NEGATIVE_INFINITY;
let lastNewsAt = Number.NEGATIVE_INFINITY;
let hasScrolled = false;
let isScheduled = false;
/** The press that the next click ends. */
let press: { action: Element; at: number; isSteady: boolean } | undefined;

/** Guards every action of the page. */
export function guardClicks(): void {
  new MutationObserver(schedule).observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["style", "class", "hidden", "href", "data-acts"],
  });
  for (const type of ["transitionend", "animationend", "load"]) addEventListener(type, schedule, true);
  for (const type of ["scroll", "resize"])
    addEventListener(
      type,
      () => {
        hasScrolled = true;
        schedule();
      },
      true,
    );
  for (const type of ["keydown", "input", "popstate"]) addEventListener(type, noteOwn, true);
  addEventListener("pointerdown", onPress, true);
  addEventListener("click", onClick, true);
  noteOwn();
}

/** The page learned of something by itself: what moves now, nobody has moved. */
export function noteNews(): void {
  lastNewsAt = performance.now();
}

/** The server answered a change that the person made: what moves now shows the answer. */
export function noteAnswer(): void {
  read();
  noteOwn();
}

/** Whether a key that triggers this action may be meant for what the action was before. */
export function hasNewMeaning(action: Element): boolean {
  read();
  return !actions.hasSteadyMeaning(action, performance.now());
}

function onPress(event: PointerEvent) {
  press = undefined;
  const action = actionOf(event);
  if (action) {
    const at = read();
    press = { action, at, isSteady: isSteady(action, at, event) };
    if (!press.isSteady) return;
  }
  noteOwn();
}

function onClick(event: MouseEvent) {
  const action = actionOf(event);
  // A key press is a click without a place.
  const isPointed = event.detail > 0;
  const pressed = isPointed ? press : undefined;
  press = undefined;
  if (action) {
    const now = read();
    const isMeant = pressed
      ? pressed.isSteady && pressed.action === action && actions.hasSteadyMeaning(action, pressed.at)
      : isSteady(action, now, isPointed ? event : undefined);
    if (!isMeant) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
  }
  noteOwn();
}

function isSteady(action: Element, at: number, point: MouseEvent | undefined): boolean {
  if (!actions.hasSteadyMeaning(action, at)) return false;
  return point === undefined || actions.hasSteadyPosition(action, at, point.clientX, point.clientY);
}

function actionOf({ target }: Event): Element | undefined {
  return target instanceof Element ? (target.closest(ACTIONS) ?? undefined) : undefined;
}

function noteOwn() {
  lastOwnAt = performance.now();
}

function schedule() {
  if (isScheduled) return;
  isScheduled = true;
  // In a frame the layout is needed anyway.
  setTimeout(() => requestAnimationFrame(() => void read()), READ_MS);
}

/** Reads where the actions are, and returns when. */
function read(): number {
  isScheduled = false;
  const shown = new Map<Element, ShownAction>();
  for (const element of document.querySelectorAll<HTMLElement>(ACTIONS)) {
    const { left, top, width, height } = element.getBoundingClientRect();
    if (width === 0 || height === 0) continue;
    const floats = element.closest("[data-severity]") !== null;
    shown.set(element, { meaning: meaningOf(element), box: { left, top, width, height }, floats });
  }
  const now = performance.now();
  actions.update(shown, now, { sinceOwn: hasScrolled ? 0 : now - lastOwnAt, sinceNews: now - lastNewsAt });
  hasScrolled = false;
  return now;
}

function meaningOf(element: HTMLElement): string {
  return element.dataset["acts"] ?? element.getAttribute("href") ?? element.dataset["id"] ?? "";
}
