// The buttons that copy a block of code.

const CONFIRMATION_MS = 1500;

export function enableCopy() {
  // Browsers have no clipboard on pages that are not from a secure origin.
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => void copy(button));
  }
}

async function copy(button: HTMLButtonElement) {
  const code = button.closest(".code")?.querySelector("pre")?.textContent ?? "";
  const done = await navigator.clipboard.writeText(code).then(
    () => true,
    () => false,
  );
  button.textContent = done ? "Copied" : "Not copied";
  window.setTimeout(() => (button.textContent = "Copy"), CONFIRMATION_MS);
}
