// Finds what leaves its container or the window, and what covers something else.

/** One line for each problem. Visually hidden elements and the content of scrolled regions do not count. */
export function findLayoutProblems(page) {
  return page.evaluate(() => {
    const SLACK = 1;
    const width = globalThis.innerWidth;
    const root = document.documentElement;
    const problems = [];
    const name = (element) =>
      `<${element.localName}> "${(element.getAttribute("aria-label") ?? element.textContent).trim().slice(0, 40)}"`;
    const style = (element) => getComputedStyle(element);
    const isHidden = (element) =>
      !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
      element.closest(".leaflet-container") !== null ||
      ancestors(element).some((each) => style(each).clipPath !== "none");

    if (root.scrollWidth > width) problems.push(`the page is ${root.scrollWidth} pixels wide`);
    for (const element of document.body.querySelectorAll("*")) {
      if (element.ownerSVGElement || isHidden(element)) continue;
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      const scroller = ancestors(element).find((each) => ["auto", "scroll"].includes(style(each).overflowX));
      const isScrolled = scroller && scroller.scrollWidth > scroller.clientWidth + SLACK;
      if (isScrolled && !isMeantToScroll(scroller)) problems.push(`${name(scroller)} scrolls sideways`);
      if (isScrolled) continue;
      if (box.left < -SLACK || box.right > width + SLACK)
        problems.push(`${name(element)} spans ${Math.round(box.left)} to ${Math.round(box.right)} of ${width}`);
      for (const text of textBoxes(element)) checkText(element, text);
      if (element.matches("a[href], button, input, select, textarea")) checkCover(element, box);
    }
    const title = document.querySelector("h1");
    const live = document.querySelector("[data-ordercast=live-indicator]")?.closest("button");
    if (title && live && !isHidden(title) && overlap(title.getBoundingClientRect(), live.getBoundingClientRect()))
      problems.push("the live indicator covers the title");
    return [...new Set(problems)];

    function ancestors(element) {
      const all = [];
      for (let each = element; each && each !== document.body; each = each.parentElement) all.push(each);
      return all;
    }

    /** A row of chips or tabs, or a list that is flicked through. */
    function isMeantToScroll(scroller) {
      return style(scroller).scrollbarWidth === "none";
    }

    function textBoxes(element) {
      const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
      return texts.flatMap((text) => {
        const range = document.createRange();
        range.selectNodeContents(text);
        return [...range.getClientRects()];
      });
    }

    /** Text ends within every box around it, unless it is shortened with an ellipsis. */
    function checkText(element, text) {
      for (const box of ancestors(element)) {
        const {
          overflowX,
          textOverflow,
          borderLeftWidth,
          borderRightWidth,
          backgroundColor,
          display,
          webkitLineClamp,
        } = style(box);
        if (overflowX === "hidden" && (textOverflow === "ellipsis" || webkitLineClamp !== "none")) return;
        const isDrawn =
          parseFloat(borderLeftWidth) + parseFloat(borderRightWidth) > 0 ||
          !["rgba(0, 0, 0, 0)", "transparent"].includes(backgroundColor);
        if (display === "inline" || display === "contents" || (!isDrawn && overflowX === "visible")) continue;
        const { left, right } = box.getBoundingClientRect();
        if (text.left >= left - SLACK && text.right <= right + SLACK) continue;
        problems.push(`the text of ${name(element)} leaves ${name(box)} by ${Math.round(text.right - right)}`);
        return;
      }
    }

    /** The middle of a control belongs to it. */
    function checkCover(control, box) {
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      if (x < 0 || y < 0 || x >= width || y >= globalThis.innerHeight) return;
      // Scrolled out of sight within a box.
      if (ancestors(control).some((each) => style(each).overflowY !== "visible" && !holds(each, x, y))) return;
      const hit = document.elementFromPoint(x, y);
      if (!hit || control.contains(hit) || hit.contains(control) || hit.closest("label")?.contains(control)) return;
      // What is scrolled below a fixed bar, or behind a dialog, can be scrolled into view or is not in use.
      if (ancestors(hit).some((each) => ["fixed", "sticky"].includes(style(each).position))) return;
      problems.push(`${name(control)} is covered by ${name(hit)}`);
    }

    function holds(element, x, y) {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      return left <= x && x <= right && top <= y && y <= bottom;
    }

    function overlap(a, b) {
      return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    }
  });
}
