import type { AroundNavHandler } from "wouter";

// A page that was opened from within the app takes the focus, once; the first page of a visit leaves it to the browser.
let wanted = false;

window.addEventListener("popstate", () => {
  wanted = true;
});

export function takeFocus(): boolean {
  const take = wanted;
  wanted = false;
  return take;
}

/** A link opens a page at its top; going back leaves the place to the browser, which remembers it. */
export const around: AroundNavHandler = (navigate, to, options) => {
  const before = window.location.pathname;
  navigate(to, options);
  if (window.location.pathname === before) return;
  wanted = true;
  window.scrollTo(0, 0);
};
