import { tabPersistence } from "../persistence";
import { isReloading, reloadApp } from "./reload";

const NAME = "reloaded";
const MIN_INTERVAL_MS = 60_000;

/**
 * Reloads the page when a chunk is missing because the server was upgraded while the page was open. After a recent
 * reload the cause is something else, and the error boundary reports it.
 */
export function reloadOnMissingChunk() {
  window.addEventListener("vite:preloadError", (event) => {
    if (!navigator.onLine) return;
    if (isReloading()) return event.preventDefault();
    const lastReload = tabPersistence.read<number>(NAME) ?? 0;
    // Without storage, reloading could repeat forever.
    if (Date.now() - lastReload < MIN_INTERVAL_MS || !tabPersistence.write(NAME, Date.now())) return;
    event.preventDefault();
    void reloadApp();
  });
}
