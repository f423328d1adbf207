import type { AroundNavHandler } from "wouter";

// The heading of a page that was opened from within the app takes the focus. On the first page of a visit the browser
// decides.
let focusRequested = false;

window.addEventListener("popstate", () => {
  focusRequested = true;
});

/** The next heading takes the focus. */
export function requestFocus() {
  focusRequested = true;
}

export function consumeFocusRequest(): boolean {
  const requested = focusRequested;
  focusRequested = false;
  return requested;
}

/** Scrolls to the top after following a link. On back and forward the browser restores the scroll position. */
export const aroundNavigation: AroundNavHandler = (navigate, to, options) => {
  const previousPath = window.location.pathname;
  navigate(to, options);
  if (window.location.pathname === previousPath) return;
  focusRequested = true;
  window.scrollTo(0, 0);
};
