// Places orders through the shop's pages.

import { expect } from "@playwright/test";

export const ADDRESS = {
  "Full name": "Mira Holm",
  "Street and house number": "7 Elbe Street",
  City: "Hamburg",
};

/** Adds a product to the cart and fills in the checkout form. */
export async function fillCheckout(page, product = "Paper bags", quantity = 1) {
  await page.goto("/");
  await page.getByRole("button", { name: `Add ${product} to the cart` }).click();
  const more = page.getByRole("button", { name: `Increase quantity of ${product}` });
  for (let count = 1; count < quantity; count += 1) await more.click();
  await page.getByRole("link", { name: /^Cart\b.* item/ }).click();
  await page.getByRole("link", { name: "Checkout" }).click();
  await expect(page.getByRole("heading", { name: "Checkout" })).toBeVisible();
  for (const [label, value] of Object.entries(ADDRESS)) await page.getByLabel(label, { exact: true }).fill(value);
}

/** Submits the form and returns the order whose page opens. */
export async function placeOrder(page) {
  await page.getByRole("button", { name: "Place order" }).click();
  await expect(page).toHaveURL(/\/orders\/[^/]+$/);
  const heading = page.getByRole("heading", { name: /^Order #/ });
  const number = (await heading.textContent()).replace(/\D/g, "");
  return { id: new URL(page.url()).pathname.split("/").at(-1), number };
}
