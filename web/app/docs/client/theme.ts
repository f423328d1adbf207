// The theme, shared with the app: `public/theme.js` applies it before the first paint.

import { basePath } from "../../src/basePath";
import { element } from "./element";

const KEY = `ordercast${basePath}.theme`;

export function enableTheme() {
  const themes = element("themes", HTMLFieldSetElement);
  const root = document.documentElement;
  const current = root.dataset["theme"] ?? "system";
  for (const input of themes.querySelectorAll("input")) {
    input.checked = input.value === current;
    input.addEventListener("change", () => {
      if (input.value === "system") delete root.dataset["theme"];
      else root.dataset["theme"] = input.value;
      store(input.value);
    });
  }
  themes.hidden = false;
}

function store(theme: string) {
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Without storage the theme lasts as long as the page.
  }
}
