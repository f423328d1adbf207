import { useEffect, useRef } from "react";
import { useLocation } from "wouter";

import { wantFocus } from "./navigation";

let wentBack = false;
window.addEventListener("popstate", () => {
  wentBack = true;
});

/** A link opens a page at its top; going back leaves the place to the browser, which remembers it. */
export function useScrollToTop() {
  const [location] = useLocation();
  const last = useRef(location);
  // While rendering, so that the page that renders next finds the wish.
  if (last.current !== location) {
    last.current = location;
    wantFocus();
  }
  useEffect(() => {
    if (!wentBack) window.scrollTo(0, 0);
    wentBack = false;
  }, [location]);
}
