// Filters the contents. `/` goes to the search, the arrow keys through what it found, Enter to the first.

import { element } from "./element";
import { type Entry, filter } from "./filter";
import type { Menu } from "./menu";

interface Found extends Entry {
  link: HTMLAnchorElement;
  item: HTMLElement;
}

export function enableSearch(menu: Menu) {
  const input = element("search", HTMLInputElement);
  const links = element("links", HTMLElement);
  const status = element("found", HTMLElement);
  let entries: Found[] | undefined;

  const visible = () => [...links.querySelectorAll<HTMLAnchorElement>("a")].filter((link) => link.checkVisibility());
  const search = () => {
    entries ??= [...links.querySelectorAll<HTMLAnchorElement>("a")].map(entryOf);
    const query = input.value.trim();
    const found = new Set(filter(entries, query));
    for (const entry of entries) entry.item.hidden = !found.has(entry);
    for (const group of links.querySelectorAll<HTMLElement>("[data-group]")) {
      group.hidden = !group.querySelector("li:not([hidden])");
      if (group instanceof HTMLDetailsElement) group.open = query !== "" || group.hasAttribute("data-current");
    }
    status.textContent = query === "" ? "" : countOf(found.size);
  };

  element("search-area", HTMLElement).hidden = false;
  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && input.value !== "") {
      input.value = "";
      search();
      event.stopPropagation();
    }
    if (event.key === "Enter" && input.value.trim() !== "") visible()[0]?.click();
  });
  element("nav", HTMLElement).addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops: Element[] = [input, ...visible()];
    const at = stops.indexOf(document.activeElement ?? input);
    const next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (at < 0 || !(next instanceof HTMLElement)) return;
    event.preventDefault();
    next.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    event.preventDefault();
    menu.open();
    input.focus();
    input.select();
  });
  if (input.value !== "") search();
}

function entryOf(link: HTMLAnchorElement): Found {
  const target = document.getElementById(link.hash.slice(1));
  const text = (target?.closest("li, section") ?? target)?.textContent ?? "";
  const name = `${link.textContent} ${link.dataset["keywords"] ?? ""}`;
  return { link, item: link.closest("li") ?? link, name: name.toLowerCase(), text: text.toLowerCase() };
}

function countOf(count: number): string {
  if (count === 0) return "Nothing found";
  return count === 1 ? "1 result" : `${count} results`;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === "search";
}
