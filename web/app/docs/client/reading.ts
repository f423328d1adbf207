// Marks the entry of the contents that is being read.

import { element } from "./element";

export function followReading() {
  const links = element("links", HTMLElement);
  const byId = new Map([...links.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const parts = [...document.querySelectorAll<HTMLElement>("main :is(h1, h2, h3)")].flatMap((heading) => {
    const link = byId.get(heading.id);
    return link ? [{ link, heading }] : [];
  });
  let current: HTMLAnchorElement | undefined;
  let waiting = false;

  const mark = () => {
    waiting = false;
    const limit = window.innerHeight / 3;
    const part = parts.findLast(({ heading }) => heading.getBoundingClientRect().top < limit) ?? parts[0];
    if (!part || part.link === current) return;
    const { link } = part;
    current?.removeAttribute("aria-current");
    current?.closest("[data-group]")?.removeAttribute("data-current");
    current = link;
    link.setAttribute("aria-current", "location");
    link.closest("[data-group]")?.setAttribute("data-current", "");
    const area = links.getBoundingClientRect();
    const box = link.getBoundingClientRect();
    if (link.checkVisibility() && (box.top < area.top || box.bottom > area.bottom))
      links.scrollTop += box.top - area.top - area.height / 3;
  };
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(mark);
  };
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later, { passive: true });
  mark();
}
