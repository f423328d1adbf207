// Moves the keyboard focus to a control nearby when the focused control disappears: a button after its action, a row, or the
// control that opened a dialog. Otherwise the browser drops the focus, and the keyboard starts at the top of the page.

const NEAR = 'a[href], button:not(:disabled), [role="row"][tabindex="0"]';
/** Milliseconds to wait, because dialogs return the focus themselves, and pages set it after a navigation. */
const WAIT_MS = 100;

/** The focused element and its ancestors. */
let chain: Element[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

export function keepFocus(): void {
  document.addEventListener("focusin", ({ target }) => {
    chain = [];
    for (let element = target as Element | null; element; element = element.parentElement) chain.push(element);
  });
  // A click outside all controls removes the focus on purpose.
  document.addEventListener("pointerdown", () => (chain = []), true);
  new MutationObserver(() => {
    if (!isGone()) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (isGone() && document.activeElement === document.body) focusNear();
    }, WAIT_MS);
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled"] });
}

/** Whether the focused control was removed or disabled. The browser takes its focus away a moment later. */
function isGone(): boolean {
  const [last] = chain;
  return last !== undefined && last !== document.body && (!last.isConnected || last.matches(":disabled"));
}

function focusNear() {
  const main = document.querySelector("main");
  for (const container of chain.slice(1)) {
    if (!container.isConnected || container.contains(main)) continue;
    const controls = [...container.querySelectorAll<HTMLElement>(NEAR)].filter((element) => element.checkVisibility());
    // In a table, the focus moves to the row of the control.
    const near = controls.find((element) => element.role === "row") ?? controls[0];
    if (near) return near.focus();
  }
  document.querySelector<HTMLElement>("h1")?.focus();
}
