// Keeps the keyboard focus near when its control goes away: a button that did its work, a row, a dialog whose opener is gone.
// Without this the focus falls to the page, and the keyboard starts at the top.

const NEAR = 'a[href], button:not(:disabled), [role="row"][tabindex="0"]';
/** Dialogs return the focus themselves, and pages set it after a navigation. */
const WAIT_MS = 100;

/** The element with the focus, and what contains it. */
let chain: Element[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

export function keepFocus(): void {
  document.addEventListener("focusin", ({ target }) => {
    chain = [];
    for (let element = target as Element | null; element; element = element.parentElement) chain.push(element);
  });
  // A click beside all controls takes the focus on purpose.
  document.addEventListener("pointerdown", () => (chain = []), true);
  new MutationObserver(() => {
    if (!isGone()) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (isGone() && document.activeElement === document.body) focusNear();
    }, WAIT_MS);
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled"] });
}

/** Whether the control that had the focus cannot have it any more. The browser takes the focus away a moment later. */
function isGone(): boolean {
  const [last] = chain;
  return last !== undefined && last !== document.body && (!last.isConnected || last.matches(":disabled"));
}

function focusNear() {
  const main = document.querySelector("main");
  for (const container of chain.slice(1)) {
    if (!container.isConnected || container.contains(main)) continue;
    const controls = [...container.querySelectorAll<HTMLElement>(NEAR)].filter((element) => element.checkVisibility());
    // In a table the person goes on at the row where they were.
    const near = controls.find((element) => element.role === "row") ?? controls[0];
    if (near) return near.focus();
  }
  document.querySelector<HTMLElement>("h1")?.focus();
}
