// Marks the entry of the contents that is being read.

import { element } from "./element";

export function followReading() {
  const links = element("links", HTMLElement);
  const byId = new Map([...links.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const headings = [...document.querySelectorAll<HTMLElement>("h1[id], h2[id], h3[id]")].filter(({ id }) =>
    byId.has(id),
  );
  let current: HTMLAnchorElement | undefined;
  let waiting = false;

  const mark = () => {
    waiting = false;
    const limit = window.innerHeight / 3;
    const heading = headings.findLast((one) => one.getBoundingClientRect().top < limit) ?? headings[0];
    const link = heading && byId.get(heading.id);
    if (!link || link === current) return;
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
