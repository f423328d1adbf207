// On narrow screens the contents are behind a button.

import { element } from "./element";

export interface Menu {
  open(): void;
  close(): void;
}

export function enableMenu(): Menu {
  const button = element("menu", HTMLButtonElement);
  const nav = element("nav", HTMLElement);
  const show = (open: boolean) => {
    button.setAttribute("aria-expanded", String(open));
    nav.classList.toggle("open", open);
    document.documentElement.classList.toggle("menu-open", open);
  };
  button.hidden = false;
  button.addEventListener("click", () => show(button.getAttribute("aria-expanded") !== "true"));
  nav.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("a")) show(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !nav.classList.contains("open")) return;
    show(false);
    button.focus();
  });
  return { open: () => show(true), close: () => show(false) };
}
