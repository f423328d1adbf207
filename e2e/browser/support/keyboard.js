// Keyboard-only navigation.

import { expect } from "@playwright/test";

/** How often to press Tab before giving up. */
const MAX_TAB_PRESSES = 80;

/** Presses Tab until the target has the focus, and checks that the focus is visible. */
export async function tabTo(page, target, key = "Tab") {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < MAX_TAB_PRESSES; presses += 1) {
    if (await target.evaluate((node) => node === document.activeElement)) {
      expect(await target.evaluate(showsFocus), `one sees that ${target} has the focus`).toBe(true);
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`${MAX_TAB_PRESSES} times ${key} did not reach ${target}`);
}

export async function press(page, target, key = "Enter") {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

export async function type(page, target, text) {
  await tabTo(page, target);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
}

/** Whether the element or one of its wrappers shows an outline or a ring, such as the label of a radio button. */
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
