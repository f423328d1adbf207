import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const KEY = "ordercast.theme";
const listeners = new Set<() => void>();

function current(): Theme {
  const theme = document.documentElement.dataset["theme"];
  return theme === "light" || theme === "dark" ? theme : "system";
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  window.addEventListener("storage", follow);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("storage", follow);
  };
}

/** Another tab changed the theme. */
function follow(event: StorageEvent) {
  if (event.key === KEY) apply(event.newValue === "light" || event.newValue === "dark" ? event.newValue : "system");
}

function apply(theme: Theme) {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  for (const listener of listeners) listener();
}

export function setTheme(theme: Theme) {
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Storage is not available: the choice lasts as long as the page.
  }
  apply(theme);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, current);
}
