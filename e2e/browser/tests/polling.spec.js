// Polling orders from a page with a plain fetch.

import { expect, test } from "../support/test.js";

test("a plain fetch with the session cookie returns all orders to staff, a customer's own to them, newest first, and 304 while nothing changed", async ({
  people,
  customer,
  admin,
}) => {
  const other = (await people.customer("Jonas Weber")).account;
  const [first, foreign, second] = [
    await customer.account.order(),
    await other.order(),
    await customer.account.order(),
  ];
  await customer.open("/");
  await admin.open("/");

  const mine = await poll(customer.page);
  expect(mine.status).toBe(200);
  expect(mine.ids).toEqual([second.id, first.id]);
  const all = await poll(admin.page);
  expect(all.ids.slice(0, 3)).toEqual([second.id, foreign.id, first.id]);

  expect(await poll(customer.page, mine.etag)).toEqual({ status: 304, etag: mine.etag, ids: undefined });
  await admin.account.setStatus(foreign, "shipped");
  expect((await poll(customer.page, mine.etag)).status).toBe(304);
  expect((await poll(admin.page, all.etag)).status).toBe(200);
  await admin.account.setStatus(second, "shipped");
  const changed = await poll(customer.page, mine.etag);
  expect(changed.status).toBe(200);
  expect(changed.etag).not.toBe(mine.etag);
});

/** As a script in the page does it. */
function poll(page, etag) {
  return page.evaluate(async (etag) => {
    const answer = await fetch("/api/orders/manage", {
      cache: "no-store",
      headers: etag ? { "If-None-Match": etag } : {},
    });
    const { orders } = answer.status === 200 ? await answer.json() : {};
    return { status: answer.status, etag: answer.headers.get("etag"), ids: orders?.map(({ id }) => id) };
  }, etag);
}
