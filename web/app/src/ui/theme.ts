import { useSyncExternalStore } from "react";

import { onPersistedChange, textPersistence } from "../persistence";

export type Theme = "system" | "light" | "dark";

const NAME = "theme";
const listeners = new Set<() => void>();
let stopFollowing: (() => void) | undefined;

function parse(theme: string | undefined): Theme {
  return theme === "light" || theme === "dark" ? theme : "system";
}

function subscribe(listener: () => void) {
  stopFollowing ??= onPersistedChange(NAME, () => apply(parse(textPersistence.read(NAME))));
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stopFollowing?.();
    stopFollowing = undefined;
  };
}

function apply(theme: Theme) {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  for (const listener of listeners) listener();
}

export function setTheme(theme: Theme) {
  if (theme === "system") textPersistence.remove(NAME);
  else textPersistence.write(NAME, theme);
  apply(theme);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => parse(document.documentElement.dataset["theme"]));
}
