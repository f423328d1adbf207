// Keyboard-only navigation.

import { expect, test } from "@playwright/test";

/** How often to press a key before giving up. */
const MAX_PRESSES = 80;

const firstPress = new WeakMap();

/** Presses a key. The test's timeout counts from the last press: a slow machine takes longer, and only a test without progress fails. */
export async function pressKey(page, key) {
  await page.keyboard.press(key);
  const info = test.info();
  const first = firstPress.get(info) ?? { at: Date.now(), timeout: info.timeout };
  firstPress.set(info, first);
  info.setTimeout(first.timeout + Date.now() - first.at);
}

/** Presses Tab until the target has the focus, and checks that the focus is visible. */
export async function tabTo(page, target) {
  await pressUntilFocused(page, "Tab", target);
  expect(await target.evaluate(showsFocus), `${target} shows that it has the focus`).toBe(true);
}

/** Presses an arrow key until an item of the open menu has the focus. */
export async function arrowTo(page, item) {
  await expect
    .poll(
      () => page.evaluate(() => Boolean(document.activeElement?.closest('[role="menu"]'))),
      "the menu has the focus",
    )
    .toBe(true);
  await pressUntilFocused(page, "ArrowDown", item);
}

/** Presses a shortcut until the target has the focus: the page may still be starting to listen. */
export async function focusWith(page, key, target) {
  await expect(target).toBeVisible();
  await expect(async () => {
    if (!(await hasFocus(target))) await pressKey(page, key);
    expect(await hasFocus(target)).toBe(true);
  }).toPass();
}

export async function press(page, target, key = "Enter") {
  await tabTo(page, target);
  await pressKey(page, key);
}

export async function type(page, target, text) {
  await tabTo(page, target);
  await pressKey(page, "ControlOrMeta+A");
  await page.keyboard.type(text);
}

async function pressUntilFocused(page, key, target) {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < MAX_PRESSES; presses += 1) {
    if (await hasFocus(target)) return;
    await pressKey(page, key);
  }
  throw new Error(`${MAX_PRESSES} times ${key} did not reach ${target}`);
}

function hasFocus(target) {
  return target.evaluate((node) => node === document.activeElement);
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
