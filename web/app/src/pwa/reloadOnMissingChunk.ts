import { isReloading, reloadApp } from "./reload";

const KEY = "ordercast.reloaded";
const MIN_INTERVAL_MS = 60_000;

/**
 * Reloads the page when a chunk is missing because the server was upgraded while the page was open. After a recent
 * reload the cause is something else, and the error boundary reports it.
 */
export function reloadOnMissingChunk() {
  window.addEventListener("vite:preloadError", (event) => {
    if (!navigator.onLine) return;
    if (isReloading()) return event.preventDefault();
    try {
      if (Date.now() - Number(sessionStorage.getItem(KEY)) < MIN_INTERVAL_MS) return;
      sessionStorage.setItem(KEY, String(Date.now()));
    } catch {
      return;
    }
    event.preventDefault();
    void reloadApp();
  });
}
