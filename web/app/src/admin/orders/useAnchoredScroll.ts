import { useLayoutEffect, useRef, useState, type RefObject } from "react";

interface AnchoredScroll {
  /** Number of rows that arrived above the visible ones. */
  newAbove: number;
  toTop: () => void;
  /** Call when the scroll container scrolls. */
  onScroll: () => void;
}

/**
 * Keeps the visible rows in place while rows are added and removed above them. At the top, new rows push the others
 * down.
 */
export function useAnchoredScroll(
  scroller: RefObject<HTMLElement | null>,
  ids: readonly string[],
  height: number,
  view: string,
): AnchoredScroll {
  const before = useRef({ ids, view });
  const top = useRef(0);
  const [newAbove, setAbove] = useState(0);

  useLayoutEffect(() => {
    const last = before.current;
    before.current = { ids, view };
    const element = scroller.current;
    if (!element || last.ids === ids) return;
    if (last.view !== view) {
      element.scrollTop = 0;
      top.current = 0;
      setAbove(0);
      return;
    }
    const index = Math.floor(top.current / height);
    const anchor = top.current < height / 2 ? undefined : last.ids[index];
    const moved = anchor === undefined ? 0 : nearestIndex(ids, anchor, index) - index;
    if (moved === 0) return;
    // Track the position here: reading it from the element would force a layout.
    top.current += moved * height;
    element.scrollTop = top.current;
    if (moved > 0) setAbove((count) => count + moved);
  }, [scroller, ids, height, view]);

  return {
    newAbove,
    toTop() {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      scroller.current?.scrollTo({ top: 0, behavior: still ? "instant" : "smooth" });
    },
    onScroll() {
      top.current = scroller.current?.scrollTop ?? 0;
      if (top.current < height / 2 && newAbove > 0) setAbove(0);
    },
  };
}

/** The index of an id, searched outwards from its old index; the old index when the id is gone. */
export function nearestIndex(ids: readonly string[], id: string, from: number): number {
  for (let distance = 0; distance <= Math.max(from, ids.length - from); distance += 1) {
    if (ids[from + distance] === id) return from + distance;
    if (ids[from - distance] === id) return from - distance;
  }
  return from;
}
