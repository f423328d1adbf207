// Prevents clicks on the wrong action. Orders arrive and change while a person moves the pointer. An action ignores clicks within
// half a second after it came under the pointer or its meaning changed.

import { Steadiness, type ShownAction } from "./steadiness";

/** If the effect of a button changes, such as the next status of an order, its attribute `data-acts` names the effect. */
const ACTIONS = 'a[href], button, [role="menuitem"], [role="row"][data-id]';
/** Positions are read at most once in this many milliseconds, however often the page changes. */
const READ_MS = 100;

const actions = new Steadiness<Element>();
let lastOwnAt = Number.NEGATIVE_INFINITY;
let lastNewsAt = Number.NEGATIVE_INFINITY;
let hasScrolled = false;
let isScheduled = false;
/** The pointer press that the next click completes. */
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

/** Call this when the page receives news. Actions that move soon after were not moved by the person. */
export function noteNews(): void {
  lastNewsAt = performance.now();
}

/** Call this when the server answers a change by the person. Actions that move soon after show the answer. */
export function noteAnswer(): void {
  read();
  noteOwn();
}

/** Whether the action's meaning changed just now, so that a key press may be meant for the old meaning. */
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
  // A click by a key has no position.
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
  // The browser computes the layout for a frame anyway.
  setTimeout(() => requestAnimationFrame(() => void read()), READ_MS);
}

/** Reads the positions of the actions. Returns the time. */
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
