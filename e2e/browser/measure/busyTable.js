// Measures frame times of the admin's table with ten thousand loaded orders and fifty changes a second.

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "@playwright/test";
import { Person } from "../support/person.js";
import { table } from "../support/pages.js";
import { summarize } from "./figures.js";
import { longestTask } from "./trace.js";

const ORDERS = 10_000;
const CHANGES_PER_SECOND = 50;
const SECONDS = 10;

export async function measureBusyTable(browser, server) {
  const account = await server.asha();
  const staff = await server.admin();
  const orders = await placeMany(account, staff);
  const admin = await Person.arrive(browser, server, await server.admin());
  await admin.open("/admin?sort=oldest");
  // The text below the table once all orders are loaded, or as many as it sorts.
  const all = admin.page.getByText(/^(Sorted among the newest [\d,.]+|[\d,.]+ orders)$/);
  await expect(all).toBeVisible({ timeout: 300_000 });
  console.log(`Below the table: ${await all.textContent()}`);
  await admin.page.getByLabel("Sort", { exact: true }).selectOption("newest");
  await expect(table(admin.page).top).toContainText(`#${orders.at(-1).number}`);

  for (const [name, among, meanwhile] of [
    ["anywhere", orders],
    ["anywhere, while scrolling", orders, scroll],
    ["among the newest 200", orders.slice(-200)],
  ]) {
    const { frames, long, trace, made } = await watch(browser, admin.page, staff, among, meanwhile);
    console.log(`${name}: ${made} changes in ${SECONDS} s; between two frames ${summarize(frames)}`);
    console.log(
      `${" ".repeat(name.length)}  long animation frames (over 50 ms): ${long.length ? summarize(long) : "none"}; longest task of the main thread ${trace.longest.toFixed(1)} ms (${trace.file})`,
    );
  }
  await admin.context.close();
}

async function watch(browser, page, staff, orders, meanwhile) {
  const file = path.join(await mkdtemp(path.join(tmpdir(), "ordercast-trace-")), "trace.json");
  await page.evaluate(begin);
  await browser.startTracing(page, {
    path: file,
    categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"],
  });
  const until = Date.now() + SECONDS * 1000;
  const [made] = await Promise.all([keepChanging(staff, orders, until), meanwhile?.(page, until)]);
  await browser.stopTracing();
  const { frames, long } = await page.evaluate(() => globalThis.finish());
  return { frames, long, made, trace: { file, longest: await longestTask(file) } };
}

async function placeMany(account, staff) {
  const { products } = await account.call("GET", "/api/v1/products");
  const product = products.find(({ name }) => name === "Paper bags");
  const order = {
    items: [{ productId: product.id, quantity: 1 }],
    shippingAddress: { name: "Asha Rao", line1: "1 Lantern Street", city: "Pune" },
    paymentMethod: "cash_on_delivery",
  };
  const placed = [];
  const one = async () => {
    while (placed.length < ORDERS) {
      const index = placed.push(undefined) - 1;
      placed[index] = await account.call("POST", "/api/v1/orders", order);
    }
  };
  await Promise.all(Array.from({ length: 32 }, one));
  await staff.call("GET", "/api/v1/stats");
  return placed.sort((a, b) => Number(a.number) - Number(b.number));
}

/** Half of the changes go to the newest orders, which are on the screen; the others go to any order. */
async function keepChanging(staff, orders, until) {
  const steps = ["processing", "shipped", "delivered"];
  const next = new Map();
  const underWay = new Set();
  const first = Date.now();
  let made = 0;
  while (Date.now() < until) {
    const order = made % 2 === 0 ? orders.at(-1 - (made % 60)) : orders[(made * 7919) % orders.length];
    const step = next.get(order.id) ?? 0;
    next.set(order.id, step + 1);
    const change =
      step < steps.length
        ? staff.setStatus(order, steps[step])
        : staff.setStatus(order, "delivered", { note: `Change ${made}` });
    underWay.add(change);
    change.catch(() => undefined).finally(() => underWay.delete(change));
    made += 1;
    // The pause sets the load; it does not wait for anything.
    await pause(Math.max(0, first + (made * 1000) / CHANGES_PER_SECOND - Date.now()));
  }
  await Promise.allSettled([...underWay]);
  return made;
}

async function scroll(page, until) {
  const box = await table(page).grid.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (let turn = 0; Date.now() < until; turn += 1) await page.mouse.wheel(0, turn % 200 < 100 ? 400 : -400);
}

/** Runs in the page: records the time between frames, and the browser's long animation frames. */
function begin() {
  const frames = [];
  const long = [];
  const observer = new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: "long-animation-frame" });
  let last;
  let going = true;
  const frame = (at) => {
    if (last !== undefined) frames.push(at - last);
    last = at;
    if (going) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  globalThis.finish = () => {
    going = false;
    observer.disconnect();
    return { frames, long };
  };
}
