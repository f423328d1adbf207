// The main pages, who sees them, and the data that they show.

import { expect } from "@playwright/test";
import { bell, lines, table, tile, tracking } from "./pages.js";

const product = (page) => page.getByRole("heading", { level: 2 }).first();
/** The country outlines of the map, which load after the page. */
const outline = (page) => page.getByRole("application").locator("path").first();
const heading = (name) => (page) => page.getByRole("heading", { level: 1, name });

/** The pages of a visitor, a customer and an admin. `shown` is visible once the page has loaded. */
export const PAGES = {
  visitor: {
    shop: { path: "/", shown: product },
    "sign-in": { path: "/sign-in", shown: (page) => page.getByRole("button", { name: "Sign in" }) },
    "sign-up": { path: "/sign-up", shown: (page) => page.getByRole("button", { name: "Create account" }) },
    "reset-password": {
      path: "/reset-password#token=none",
      shown: (page) => page.getByRole("button", { name: "Set password" }),
    },
    "not-found": { path: "/nowhere", shown: (page) => page.getByRole("heading").first() },
  },
  customer: {
    product: {
      path: "/",
      shown: product,
      then: (page) => page.getByRole("link", { name: "Paper bags" }).click(),
      last: (page) => page.getByRole("dialog"),
    },
    cart: { path: "/cart", shown: (page) => page.getByRole("link", { name: "Checkout" }) },
    checkout: { path: "/checkout", shown: (page) => page.getByRole("button", { name: "Place order" }) },
    orders: { path: "/orders", shown: (page) => page.getByRole("progressbar").first() },
    tracking: {
      path: ({ shipped }) => `/orders/${shipped.id}`,
      shown: (page) => tracking(page).timeline.nth(3),
      drawn: outline,
    },
    "tracking-pending": {
      path: ({ pending }) => `/orders/${pending.id}`,
      shown: (page) => page.getByRole("button", { name: "Cancel order" }),
    },
    "tracking-cancelled": {
      path: ({ cancelled }) => `/orders/${cancelled.id}`,
      shown: (page) => tracking(page).timeline.nth(1),
    },
    notifications: { path: "/notifications", shown: (page) => lines(page).first() },
    bell: { path: "/", shown: product, then: (page) => bell(page).click(), last: (page) => lines(page).first() },
    profile: { path: "/profile", shown: (page) => page.getByText("Total orders") },
    "real-time-test": { path: "/real-time-test", shown: heading("Real-time test") },
  },
  admin: {
    "admin-orders": { path: "/admin", shown: (page) => table(page).top },
    "admin-order": {
      path: ({ shipped }) => `/admin/orders/${shipped.number}`,
      shown: (page) => tracking(page).timeline.nth(3),
      drawn: outline,
    },
    "admin-dashboard": { path: "/admin/dashboard", shown: (page) => tile(page, "Orders today").getByText(/\d/) },
    "admin-products": { path: "/admin/products", shown: (page) => page.getByText("Paper bags").first() },
    "admin-shop": { path: "/", shown: product },
    "admin-profile": { path: "/profile", shown: (page) => page.getByRole("link", { name: "Open console" }) },
    "admin-bulk": {
      path: "/admin",
      shown: (page) => table(page).top,
      then: async (page, { pending }) => {
        await table(page).row(pending).getByRole("checkbox").click();
        await page.getByRole("button", { name: "Set status…" }).click();
      },
      last: (page) => page.getByRole("dialog"),
    },
  },
};

/** Opens a page of the tour and waits until it shows everything. */
export async function visit({ page, account }, { path, shown, drawn, then, last }, orders) {
  await page.goto(typeof path === "function" ? path(orders) : path);
  await expect(shown(page)).toBeVisible();
  if (drawn) await expect(drawn(page)).toBeAttached();
  await then?.(page, orders);
  if (last) await expect(last(page)).toBeVisible();
  if (account)
    await expect(page.locator("[data-ordercast=live-indicator]").first()).toHaveAttribute("data-state", "live");
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

/** Orders in the states that the pages show. */
export async function someOrders(server, account) {
  const staff = await server.admin();
  const [shipped, pending, cancelled] = [await account.order(), await account.order(), await account.order()];
  await staff.setStatus(shipped, "processing");
  const expected = new Date(Date.now() + 26 * 3600 * 1000).toISOString();
  await staff.setStatus(shipped, "shipped", { trackingNumber: "DE-0815-4711", estimatedDelivery: expected });
  const deliveryPartner = { name: "Lena Brandt", phone: "+49 40 1234567" };
  await staff.call("PUT", "/api/orders/tracking", {
    orderId: shipped.id,
    deliveryPartner,
    location: { latitude: 53.55, longitude: 9.99 },
  });
  await staff.cancel(cancelled, "Sold out");
  return { shipped, pending, cancelled };
}

export async function fillCart(page) {
  await page.goto("/");
  await page.getByRole("button", { name: "Add Paper bags to the cart" }).click();
  await expect(page.getByRole("link", { name: /^Cart\b.* 1 item$/ })).toBeVisible();
}
