import { isLoadingAnew, loadAnew } from "./anew";

const KEY = "ordercast.reloaded";
const ONCE_IN = 60_000;

/**
 * A part of the app that is not there any more: the server was upgraded while this page was open. Loading the page anew
 * gets the new one; when that has just been done, it was something else, and the error boundary says so.
 */
export function reloadWhenStale() {
  window.addEventListener("vite:preloadError", (event) => {
    if (!navigator.onLine) return;
    if (isLoadingAnew()) return event.preventDefault();
    try {
      if (Date.now() - Number(sessionStorage.getItem(KEY)) < ONCE_IN) return;
      sessionStorage.setItem(KEY, String(Date.now()));
    } catch {
      return;
    }
    event.preventDefault();
    void loadAnew();
  });
}
