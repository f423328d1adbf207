/** Runs a function after the current changes are painted; at once when the page is hidden. */
export function afterPaint(run: () => void) {
  if (document.hidden) return run();
  // A task queued from an animation frame runs after that frame is painted.
  requestAnimationFrame(() => setTimeout(run));
}
