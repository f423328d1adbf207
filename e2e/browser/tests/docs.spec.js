// The API reference at /docs: complete, accessible, searchable, and from this server only. The fixture fails for console
// errors, policy violations and requests to other hosts. Saves screenshots in `screenshots/`.

import path from "node:path";
import { expect, test } from "../support/test.js";
import { findAccessibilityViolations } from "../support/accessibility.js";
import { pressKey, tabTo } from "../support/keyboard.js";

const PICTURES = path.resolve(import.meta.dirname, "../screenshots");
const SIZES = { 1280: { width: 1280, height: 800 }, 390: { width: 390, height: 844 } };

const search = (page) => page.getByRole("searchbox", { name: "Search the reference" });
const status = (page) => page.getByRole("status");
const contents = (page) => page.getByRole("navigation", { name: "Contents" });
const heading = (page, name) => page.getByRole("main").getByRole("heading", { name, exact: true });

for (const theme of ["light", "dark"]) {
  for (const [width, viewport] of Object.entries(SIZES)) {
    test(`the reference is accessible, ${theme}, ${width} px wide`, async ({ people }) => {
      const { page } = await people.visitor({ viewport, colorScheme: theme });
      await page.goto("/docs");
      await expect(page).toHaveTitle("Ordercast API");
      await expect(heading(page, "Ordercast API")).toBeVisible();
      await page.screenshot({ path: path.join(PICTURES, `docs-${theme}-${width}.png`) });
      await page.goto("/docs#operation-place");
      await expect(heading(page, "Place an order")).toBeInViewport();
      await page.screenshot({ path: path.join(PICTURES, `docs-operation-${theme}-${width}.png`) });

      await page.evaluate(() => {
        for (const details of document.querySelectorAll("details")) details.open = true;
      });
      expect(await findAccessibilityViolations(page, { everyImpact: true }), "with everything open").toEqual([]);
      expect(await overflow(page), "the page is wider than the window").toBe(false);
    });
  }
}

test("an operation is found with a keyboard alone", async ({ people }) => {
  const { page } = await people.visitor();
  await page.goto("/docs");
  await expect(search(page)).toBeVisible();
  await pressKey(page, "/");
  await expect(search(page)).toBeFocused();
  await page.keyboard.type("bulk-status");
  await expect(status(page)).toHaveText("1 result");
  await pressKey(page, "Enter");
  await expect(page).toHaveURL(/#operation-bulk_status$/);
  await expect(heading(page, "Set the status of many orders")).toBeInViewport();
  await expect(heading(page, "Set the status of many orders")).toBeFocused();

  await pressKey(page, "/");
  await pressKey(page, "Escape");
  await expect(status(page)).toBeEmpty();
  await page.keyboard.type("order");
  await pressKey(page, "ArrowDown");
  const first = contents(page).getByRole("link", { name: /^List orders/ });
  await expect(first).toBeFocused();
  await pressKey(page, "ArrowDown");
  await expect(contents(page).getByRole("link", { name: /^Place an order/ })).toBeFocused();
  await pressKey(page, "ArrowUp");
  await pressKey(page, "ArrowUp");
  await expect(search(page)).toBeFocused();
  await tabTo(page, first);
});

test("the search finds names first, and otherwise what the entries say", async ({ people }) => {
  const { page } = await people.visitor();
  await page.goto("/docs");
  const found = contents(page).getByRole("link");
  await search(page).fill("unread count");
  await expect(found).toHaveText([/^Count unread notifications/, /^UnreadCount/]);
  await search(page).fill("out_of_stock");
  await expect(found.filter({ hasText: "Place an order" })).toBeVisible();
  await search(page).fill("admin:order:created");
  await expect(status(page)).toHaveText("1 result");
  await found.click();
  await expect(page.locator("main").getByText("admin:order:created", { exact: true }).first()).toBeInViewport();
  await search(page).fill("no such thing anywhere");
  await expect(status(page)).toHaveText("Nothing found");
});

test("on a phone the contents open over the page", async ({ people }) => {
  const { page } = await people.visitor({ viewport: SIZES[390] });
  await page.goto("/docs");
  const button = page.getByRole("button", { name: "Contents" });
  await expect(contents(page)).toBeHidden();
  await button.click();
  await search(page).fill("cancel");
  await page.screenshot({ path: path.join(PICTURES, "docs-contents-390.png") });
  expect(await findAccessibilityViolations(page, { everyImpact: true })).toEqual([]);
  await contents(page)
    .getByRole("link", { name: /^Cancel an order/ })
    .click();
  await expect(contents(page)).toBeHidden();
  await expect(heading(page, "Cancel an order")).toBeInViewport();
  await button.click();
  await pressKey(page, "Escape");
  await expect(contents(page)).toBeHidden();
  await expect(button).toBeFocused();
});

test("every link within the page has a target, and examples name this server", async ({ people, server }) => {
  const { page } = await people.visitor({ permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto("/docs");
  const lost = await page.evaluate(() =>
    [...document.querySelectorAll('a[href^="#"]')]
      .map((link) => decodeURIComponent(link.hash.slice(1)))
      .filter((id) => !document.getElementById(id)),
  );
  expect(lost).toEqual([]);
  const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map(({ id }) => id));
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);

  await page.getByRole("button", { name: "Copy: first request" }).click();
  await expect(page.getByText("Copied", { exact: true })).toBeVisible();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toBe(`curl '${server.url}/api/v1/products'`);
});

test("the theme is the app's", async ({ people }) => {
  const { page } = await people.visitor({ colorScheme: "light" });
  await page.goto("/docs");
  await page.getByRole("radio", { name: "Dark" }).check({ force: true });
  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.goto("/docs");
  await expect(page.getByRole("radio", { name: "Dark" })).toBeChecked();
});

function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}
