import { useLayoutEffect, type RefObject } from "react";

import { findObstacles, placeToasts } from "./toastPlacement";

/** Width of the strip along the window's edge that stays free. */
const MARGIN = { wide: 16, narrow: 12 };
const MAX_WIDTH = 384;

/** Places the toasts where they cover nothing: when they change, when the window changes, and when a dialog opens. */
export function useToastPlacement(viewport: RefObject<HTMLElement | null>, toasts: readonly unknown[]) {
  useLayoutEffect(() => {
    const element = viewport.current;
    if (!element || toasts.length === 0) return;
    const place = () => {
      const { clientWidth, clientHeight } = document.documentElement;
      const margin = clientWidth < 640 ? MARGIN.narrow : MARGIN.wide;
      const width = Math.min(MAX_WIDTH, clientWidth - 2 * margin);
      element.style.width = `${width}px`;
      const area = { left: margin, top: margin, width: clientWidth - 2 * margin, height: clientHeight - 2 * margin };
      const { left, top } = placeToasts(area, { width, height: element.scrollHeight }, findObstacles(element));
      element.style.left = `${left}px`;
      element.style.top = `${top}px`;
    };
    place();
    addEventListener("resize", place);
    // Dialogs and menus are added to the end of the page.
    const observer = new MutationObserver(place);
    observer.observe(document.body, { childList: true });
    return () => {
      removeEventListener("resize", place);
      observer.disconnect();
    };
  }, [viewport, toasts]);
}
