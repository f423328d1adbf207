import { basePath } from "../basePath";
import { toast } from "../ui/toast";
import { reloadApp } from "./reload";

/** Registers the service worker once the page has loaded, and offers a reload when a newer version is installed. */
export function registerServiceWorker() {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  if (document.readyState === "complete") void register();
  else window.addEventListener("load", () => void register(), { once: true });
}

async function register() {
  try {
    const registration = await navigator.serviceWorker.register(`${basePath}/sw.js`);
    if (registration.waiting) offer();
    registration.addEventListener("updatefound", () => {
      const worker = registration.installing;
      worker?.addEventListener("statechange", () => {
        // Without a controller this is the first installation, so nothing is outdated.
        if (worker.state === "installed" && navigator.serviceWorker.controller) offer();
      });
    });
  } catch (error) {
    // Some browsers refuse service workers, for example in private windows. Only offline use is lost.
    console.error("Service worker registration failed:", error);
  }
}

function offer() {
  toast.info("A new version is available", {
    id: "newer-version",
    action: { label: "Reload", onPress: () => void reloadApp() },
  });
}
