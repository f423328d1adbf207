import { toast } from "../ui/toast";
import { loadAnew } from "./anew";

/** Keeps the shell on this device, once the page has nothing better to do; says when there is a newer one. */
export function registerServiceWorker() {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  if (document.readyState === "complete") void register();
  else window.addEventListener("load", () => void register(), { once: true });
}

async function register() {
  try {
    const registration = await navigator.serviceWorker.register("/sw.js");
    if (registration.waiting) offer();
    registration.addEventListener("updatefound", () => {
      const worker = registration.installing;
      worker?.addEventListener("statechange", () => {
        // Without one before it, it is this device's first: nothing is old.
        if (worker.state === "installed" && navigator.serviceWorker.controller) offer();
      });
    });
  } catch (error) {
    // A browser that refuses it, such as in a private window: everything but working offline is the same.
    console.error("The app is not kept on this device:", error);
  }
}

function offer() {
  toast.info("There is a newer version", {
    id: "newer-version",
    action: { label: "Reload", onPress: () => void loadAnew() },
  });
}
