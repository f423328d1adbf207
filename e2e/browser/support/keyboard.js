// Somebody without a mouse.

import { expect } from "@playwright/test";

/** As often as somebody would press Tab before giving up. */
const PATIENCE = 80;

/** Presses Tab until something has the focus, and sees that it has. */
export async function tabTo(page, target, key = "Tab") {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < PATIENCE; presses += 1) {
    if (await target.evaluate((node) => node === document.activeElement)) {
      expect(await target.evaluate(showsFocus), `one sees that ${target} has the focus`).toBe(true);
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`${PATIENCE} times ${key} did not reach ${target}`);
}

/** Goes there by Tab, and presses. */
export async function press(page, target, key = "Enter") {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

/** Goes there by Tab, and types. */
export async function type(page, target, text) {
  await tabTo(page, target);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
}

/** An outline or a ring, on itself or on what it sits in, as on the label of a radio button. */
function showsFocus(node) {
  const rings = (element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
  };
  return (
    node.matches(":focus-visible") &&
    [node, node.parentElement, node.parentElement?.parentElement].some((element) => element && rings(element))
  );
}
