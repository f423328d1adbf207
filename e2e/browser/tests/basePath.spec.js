// Shops under paths of one host: https://site.example/shop/ and https://site.example/outlet/.

import { startFront } from "../../support/front.js";
import { startServer } from "../../support/server.js";
import { table, tracking } from "../support/pages.js";
import { ADDRESS, placeOrder } from "../support/shopping.js";
import { expect, test } from "../support/test.js";

let shop, outlet, front;

test.beforeAll(async () => {
  shop = await startServer("--base-path", "/shop");
  outlet = await startServer("--base-path", "/outlet");
  // One proxy keeps the path, the other removes it.
  front = await startFront({ "/shop": { server: shop }, "/outlet": { server: outlet, removesPath: true } });
});

test.afterAll(async () => {
  await front?.close();
  await shop?.remove();
  await outlet?.remove();
});

const under = (path) => ({ url: `${front.url}${path}/` });

async function signIn(person, path, name) {
  await person.page.goto(`${path}/sign-in`);
  await person.page.getByRole("button", { name: new RegExp(`Continue as ${name}`) }).click();
  await expect(person.indicator).toHaveAccessibleName(/: Live$/);
}

/** The state of the page's service worker once it is active. */
const workerOf = (page) =>
  page.evaluate(async () => {
    const { scope, active } = await navigator.serviceWorker.ready;
    return { scope, script: active.scriptURL };
  });

for (const path of ["/shop", "/outlet"]) {
  test(`under ${path}/, a customer orders and both sides follow the order live`, async ({ people }) => {
    const server = path === "/shop" ? shop : outlet;
    const asked = front.requested.length;
    const staff = await people.arrive(await server.admin(), {}, under(path));
    await staff.open("admin");
    await expect(staff.page).toHaveURL(`${front.url}${path}/admin`);
    const customer = await people.arrive(undefined, {}, under(path));
    const { page } = customer;
    await page.goto("orders");
    await expect(page).toHaveURL(`${front.url}${path}/sign-in?next=%2Forders`);
    await signIn(customer, path, "Asha Rao");
    await expect(page).toHaveURL(`${front.url}${path}/`);

    await page.getByRole("button", { name: "Add Paper bags to the cart" }).click();
    await page.getByRole("link", { name: /^Cart\b.* item/ }).click();
    await page.getByRole("link", { name: "Checkout" }).click();
    for (const [label, value] of Object.entries(ADDRESS)) await page.getByLabel(label, { exact: true }).fill(value);
    const order = await placeOrder(page);
    await expect(page).toHaveURL(`${front.url}${path}/orders/${order.id}`);

    // The console shows the order, and its link leads to the order's page.
    const row = table(staff.page).row(order);
    await expect(row).toContainText("Pending");
    await expect(row.getByRole("link")).toHaveAttribute("href", `${path}/admin/orders/${order.number}`);
    await row.getByRole("link").click();
    await expect(staff.page).toHaveURL(`${front.url}${path}/admin/orders/${order.number}`);
    await staff.page.getByRole("button", { name: "Start processing" }).click();
    await expect(tracking(page).summary).toContainText("Processing");

    // A deep link that is reloaded, and then comes from the service worker.
    await page.reload();
    await expect(tracking(page).summary).toContainText("Processing");
    expect(await workerOf(page)).toEqual({ scope: `${front.url}${path}/`, script: `${front.url}${path}/sw.js` });
    await page.reload();
    await expect(customer.indicator).toHaveAccessibleName(/: Live$/);
    customer.monitor.expect(/ERR_INTERNET_DISCONNECTED|WebSocket (connection to|is already in CLOSING)/);
    await customer.context.setOffline(true);
    await page.reload();
    await expect(tracking(page).summary).toContainText("Processing");
    await customer.context.setOffline(false);
    await expect(customer.indicator).toHaveAccessibleName(/: Live$/, { timeout: 30_000 });

    // The API reference has its files and links below the path, and its theme is this shop's.
    await page.goto("docs");
    await page.getByRole("radio", { name: "Dark" }).check({ force: true });
    await expect(page.getByRole("link", { name: "OpenAPI document" })).toHaveAttribute(
      "href",
      `${path}/api/openapi.json`,
    );
    await page.getByRole("link", { name: "Open the shop" }).click();
    await expect(page).toHaveURL(`${front.url}${path}/`);
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");

    // Signing out clears the cookie of this path.
    await page.goto("profile");
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("link", { name: "Sign in" })).toBeVisible();
    expect(await customer.context.cookies(`${front.url}${path}/api`)).toEqual([]);

    const outside = front.requested.slice(asked).filter((url) => !url.startsWith(`${path}/`));
    expect(outside, "requests outside of the base path").toEqual([]);
  });
}

test("two shops of one host share no session, storage, cache or service worker", async ({ people }) => {
  const visitor = await people.arrive(undefined, {}, { url: front.url });
  const { page, context } = visitor;
  await signIn(visitor, "/shop", "Asha Rao");
  await page.getByRole("button", { name: "Add Paper bags to the cart" }).click();
  await expect(page.getByRole("link", { name: /^Cart\b.* 1 item/ })).toBeVisible();
  await workerOf(page);

  const second = await context.newPage();
  await second.goto("/outlet/");
  await expect(second.getByRole("link", { name: "Sign in" })).toBeVisible();
  await expect(second.getByRole("link", { name: /^Cart\b.* item/ })).toHaveCount(0);
  await workerOf(second);
  await second.goto("/outlet/sign-in");
  await second
    .getByRole("button", { name: /Continue as / })
    .nth(2)
    .click();
  await expect(second.getByRole("link", { name: "Profile" })).toBeVisible();

  const cookies = await context.cookies([`${front.url}/shop/api`, `${front.url}/outlet/api`]);
  expect(cookies.map(({ name, path }) => [name, path]).sort()).toEqual([
    ["ordercast_session.outlet", "/outlet"],
    ["ordercast_session.shop", "/shop"],
  ]);
  const stored = await second.evaluate(async () => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    caches: await caches.keys(),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    workers: (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname).sort(),
  }));
  expect(stored.workers).toEqual(["/outlet/", "/shop/"]);
  expect(stored.databases).toEqual([]);
  expect(stored.caches.length).toBeGreaterThan(1);
  for (const name of [...stored.local, ...stored.session, ...stored.caches]) expect(name).toMatch(/\/(shop|outlet)\b/);

  // Signing out of one shop leaves the other one alone.
  // Both ends close the connection then, and the page may send into a socket that is closing.
  visitor.monitor.expect(/WebSocket is already in CLOSING/);
  await second.goto("/outlet/profile");
  await second.getByRole("button", { name: "Sign out" }).click();
  await expect(second.getByRole("link", { name: "Sign in" })).toBeVisible();
  await page.reload();
  await expect(visitor.indicator).toHaveAccessibleName(/: Live$/);
  await expect(page.getByRole("link", { name: /^Cart\b.* 1 item/ })).toBeVisible();
});

test("a page that is opened at the server's own port goes to its address below the base path", async ({ people }) => {
  const visitor = await people.arrive(undefined, {}, shop);
  await visitor.page.goto("/sign-in?next=%2Fcart#x");
  await expect(visitor.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(visitor.page).toHaveURL(`${shop.url}/shop/sign-in?next=%2Fcart#x`);
});
