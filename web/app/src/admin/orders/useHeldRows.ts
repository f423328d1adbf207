import { useEffect, useRef, useState, type FocusEvent, type PointerEvent } from "react";

import { holdRows, type HeldRows } from "./heldRows";

/** Until the click of a tap has been handled. */
const AFTER_TOUCH_MS = 700;

export interface HeldTable extends HeldRows {
  /** Shows what waits. */
  release: () => void;
  /** Handlers for the table. */
  holders: {
    onPointerEnter: (event: PointerEvent) => void;
    onPointerLeave: (event: PointerEvent) => void;
    onPointerCancel: (event: PointerEvent) => void;
    onFocusCapture: (event: FocusEvent<HTMLElement>) => void;
    onBlurCapture: (event: FocusEvent<HTMLElement>) => void;
  };
}

/** Holds rows still while the pointer or the focus is in the table. `view` identifies the list; `canHold` is false while it is loading. */
export function useHeldRows(ids: readonly string[], view: string, canHold: boolean): HeldTable {
  const [isPointed, setPointed] = useState(false);
  const [hasFocus, setFocus] = useState(false);
  const [shown, setShown] = useState({ ids, view });
  const release = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(release.current), []);

  const isHeld = canHold && (isPointed || hasFocus) && shown.view === view;
  const held: HeldRows = holdRows(isHeld ? shown.ids : ids, ids);
  // The rows to keep in place from the next render on.
  if (held.ids !== shown.ids || view !== shown.view) setShown({ ids: held.ids, view });

  const leave = ({ pointerType }: PointerEvent) => {
    clearTimeout(release.current);
    if (pointerType === "mouse") setPointed(false);
    else release.current = setTimeout(() => setPointed(false), AFTER_TOUCH_MS);
  };
  return {
    ...held,
    release: () => setShown({ ids, view }),
    holders: {
      onPointerEnter() {
        clearTimeout(release.current);
        setPointed(true);
      },
      onPointerLeave: leave,
      onPointerCancel: leave,
      onFocusCapture: ({ target }) => setFocus(target.closest("[data-id]") !== null),
      onBlurCapture: ({ relatedTarget }) => {
        if (!(relatedTarget instanceof Element) || relatedTarget.closest("[data-id]") === null) setFocus(false);
      },
    },
  };
}
