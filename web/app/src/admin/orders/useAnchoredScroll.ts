import { useLayoutEffect, useRef, useState, type RefObject } from "react";

interface Anchored {
  /** New rows that came above what is seen. */
  above: number;
  toTop: () => void;
  /** Tell it that the scroller moved. */
  onScroll: () => void;
}

/**
 * Keeps what somebody reads under their eyes while rows come and go above it. At the very top the newest row is what
 * they read, so there rows just move down.
 */
export function useAnchoredScroll(
  scroller: RefObject<HTMLElement | null>,
  ids: readonly string[],
  height: number,
  view: string,
): Anchored {
  const before = useRef({ ids, view });
  const top = useRef(0);
  const [above, setAbove] = useState(0);

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
    if (top.current < height / 2) return;
    const index = Math.floor(top.current / height);
    const anchor = last.ids[index];
    const moved = anchor === undefined ? 0 : nearest(ids, anchor, index) - index;
    if (moved === 0) return;
    // The last position is known: reading it back from the element would cost a layout.
    top.current += moved * height;
    element.scrollTop = top.current;
    if (moved > 0) setAbove((count) => count + moved);
  }, [scroller, ids, height, view]);

  return {
    above,
    toTop() {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      scroller.current?.scrollTo({ top: 0, behavior: still ? "instant" : "smooth" });
    },
    onScroll() {
      top.current = scroller.current?.scrollTop ?? 0;
      if (top.current < height / 2 && above > 0) setAbove(0);
    },
  };
}

/** The index of an id, looked for outwards from where it was. Where it was when it is gone. */
export function nearest(ids: readonly string[], id: string, from: number): number {
  for (let distance = 0; distance <= Math.max(from, ids.length - from); distance += 1) {
    if (ids[from + distance] === id) return from + distance;
    if (ids[from - distance] === id) return from - distance;
  }
  return from;
}
