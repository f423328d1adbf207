import { useLayoutEffect, useRef, type RefObject } from "react";

/**
 * Keeps the focus near when its control is gone, such as a button that removed its own row: it would fall to the page, and the
 * keyboard would start at the top. `key` changes with the controls; `find` returns where the focus goes.
 */
export function useFocusAfterRemoval(
  container: RefObject<HTMLElement | null>,
  key: unknown,
  find: (container: HTMLElement) => HTMLElement | null | undefined,
) {
  const hadFocus = useRef(false);
  useLayoutEffect(() => {
    const element = container.current;
    if (!element) return;
    if (hadFocus.current && document.activeElement === document.body) find(element)?.focus();
    hadFocus.current = element.contains(document.activeElement);
    const onFocus = () => (hadFocus.current = true);
    const onBlur = ({ relatedTarget }: FocusEvent) => {
      // A control that is removed has no next target, and neither has a click beside all controls.
      if (relatedTarget instanceof Node && !element.contains(relatedTarget)) hadFocus.current = false;
    };
    const onPointerDown = (event: PointerEvent) => {
      if (event.target instanceof Node && !element.contains(event.target)) hadFocus.current = false;
    };
    element.addEventListener("focusin", onFocus);
    element.addEventListener("focusout", onBlur);
    document.addEventListener("pointerdown", onPointerDown);
    return () => {
      element.removeEventListener("focusin", onFocus);
      element.removeEventListener("focusout", onBlur);
      document.removeEventListener("pointerdown", onPointerDown);
    };
    // `find` only looks at the page.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [container, key]);
}
