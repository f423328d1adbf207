import { useLayoutEffect, type RefObject } from "react";

import { findObstacles, fitToasts, placeToasts } from "./toastPlacement";

/** Width of the strip along the window's edge that stays free. */
const MARGIN = { wide: 16, narrow: 12 };
/** The sizes to try in this order. `isSingle`: only the newest toast is shown. */
const SIZES = [
  { width: 384, isSingle: false },
  { width: 280, isSingle: false },
  { width: 280, isSingle: true },
  { width: 220, isSingle: true },
];

/** Places the toasts where they cover nothing: when they change, when the window changes, and when a dialog opens. */
export function useToastPlacement(viewport: RefObject<HTMLElement | null>, toasts: readonly unknown[]) {
  useLayoutEffect(() => {
    const element = viewport.current;
    if (!element || toasts.length === 0) return;
    const place = () => {
      const { clientWidth, clientHeight } = document.documentElement;
      const margin = clientWidth < 640 ? MARGIN.narrow : MARGIN.wide;
      const area = { left: margin, top: margin, width: clientWidth - 2 * margin, height: clientHeight - 2 * margin };
      const obstacles = findObstacles(element);
      const placeAs = ({ width: wanted, isSingle }: (typeof SIZES)[number]) => {
        const width = Math.min(wanted, area.width);
        element.style.width = `${width}px`;
        element.toggleAttribute("data-single", isSingle);
        return placeToasts(area, { width, height: element.scrollHeight }, obstacles);
      };
      const { left, top } = fitToasts(SIZES, placeAs, obstacles);
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
