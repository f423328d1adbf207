// Where toasts appear: never over a dialog, and over no control while there is room elsewhere.

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Obstacle extends Box {
  /** A dialog is worse to cover than a control. */
  isDialog: boolean;
}

/** Distance between two places that are tried, in pixels. */
const STEP = 24;
const DIALOG_WEIGHT = 100;

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Fits the toasts with the first of `sizes` that covers no obstacle, or else with the last. */
export function fitToasts<Size>(
  sizes: readonly Size[],
  place: (size: Size) => Box,
  obstacles: readonly Obstacle[],
): Box {
  let box: Box | undefined;
  for (const size of sizes) {
    box = place(size);
    const placed = box;
    if (obstacles.every((each) => overlap(placed, each) === 0)) break;
  }
  if (!box) throw new Error("no size");
  return box;
}

/** The place within `area` nearest to its bottom right corner that covers nothing, or else the least. */
export function placeToasts(area: Box, size: { width: number; height: number }, obstacles: readonly Obstacle[]): Box {
  let best: Box | undefined;
  let least = Number.POSITIVE_INFINITY;
  const right = area.left + area.width - size.width;
  const bottom = area.top + area.height - size.height;
  for (let top = bottom; top >= area.top; top -= STEP) {
    for (let left = right; left >= area.left; left -= STEP) {
      const box = { left, top, ...size };
      const covered = obstacles.reduce(
        (sum, each) => sum + overlap(box, each) * (each.isDialog ? DIALOG_WEIGHT : 1),
        0,
      );
      if (covered === 0) return box;
      if (covered < least) [best, least] = [box, covered];
    }
  }
  return best ?? { left: Math.max(area.left, right), top: Math.max(area.top, bottom), ...size };
}

const CONTROLS = 'a[href], button, input, select, textarea, summary, [role="menuitem"], [contenteditable="true"]';
const DIALOGS = '[role="dialog"], [role="alertdialog"], [role="menu"]';

/** The visible dialogs and controls outside of `except`. */
export function findObstacles(except: Element): Obstacle[] {
  const found: Obstacle[] = [];
  const { innerWidth, innerHeight } = window;
  for (const element of document.querySelectorAll(`${DIALOGS}, ${CONTROLS}`)) {
    if (except.contains(element)) continue;
    const { left, top, width, height, right, bottom } = element.getBoundingClientRect();
    if (width < 2 || height < 2 || right <= 0 || bottom <= 0 || left >= innerWidth || top >= innerHeight) continue;
    found.push({ left, top, width, height, isDialog: element.matches(DIALOGS) });
  }
  return found;
}
