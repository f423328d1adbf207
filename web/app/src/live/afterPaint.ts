/** Runs it once what changed by now is on the screen; at once where nobody looks. */
export function afterPaint(run: () => void) {
  if (document.hidden) return run();
  // The frame that shows it begins with the first; a task after that is behind its drawing.
  requestAnimationFrame(() => setTimeout(run));
}
