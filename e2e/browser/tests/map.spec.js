// Map tiles from another host.

import { once } from "node:events";
import { createServer } from "node:http";
import { expect, test } from "../support/test.js";
import { startServer } from "../../support/server.js";

/** A gray pixel. */
const TILE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGO4BAAA1ADTqstRPwAAAABJRU5ErkJggg==",
  "base64",
);

test("map tiles enabled later are shown to returning visitors, and the tile server receives the origin but not the order's address", async ({
  people,
}) => {
  const provider = await startProvider();
  const server = await startServer();
  try {
    const account = await server.asha();
    const staff = await server.admin();
    const order = await account.order();
    await staff.call("PUT", "/api/orders/tracking", {
      orderId: order.id,
      location: { latitude: 53.55, longitude: 9.99 },
    });
    const customer = await people.arrive(account, {}, server);
    customer.monitor.expect(new RegExp(`requested another host: ${provider.url}/`));
    // The browser logs every request to the stopped server.
    customer.monitor.expect(/ERR_|WebSocket connection to|Failed to load resource/);
    await customer.open(`/orders/${order.id}`);
    await customer.page.evaluate(() => navigator.serviceWorker.ready);
    await customer.open(`/orders/${order.id}`);
    expect(await customer.page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe("activated");
    await server.stop();
    server.options = ["--map-tiles", provider.template, "--map-attribution", "Lantern Maps"];
    await server.start();

    await customer.open(`/orders/${order.id}`);
    const map = customer.page.getByRole("application", { name: "Map: where your order is" });
    await expect(map.getByText("Lantern Maps")).toBeVisible();
    const tiles = map.locator("img[src^='http']");
    await expect(tiles).not.toHaveCount(0);
    await expect.poll(() => tiles.first().evaluate((tile) => tile.complete && tile.naturalWidth)).toBe(1);
    // The tile of the order's location, at a zoom level that shows streets.
    expect(provider.requests.map(({ path }) => path)).toContain(tileOf(53.55, 9.99, 14));
    expect(new Set(provider.requests.map(({ referrer }) => referrer))).toEqual(new Set([`${server.url}/`]));
  } finally {
    await server.remove();
    provider.stop();
  }
});

async function startProvider() {
  const requests = [];
  const provider = createServer((request, response) => {
    requests.push({ path: request.url, referrer: request.headers.referer });
    response.writeHead(200, { "content-type": "image/png" }).end(TILE);
  }).listen(0, "127.0.0.1");
  await once(provider, "listening");
  const url = `http://127.0.0.1:${provider.address().port}`;
  return { requests, url, template: `${url}/{z}/{x}/{y}.png`, stop: () => provider.close() };
}

/** Slippy map tile numbers: wiki.openstreetmap.org/wiki/Slippy_map_tilenames */
function tileOf(latitude, longitude, zoom) {
  const across = 2 ** zoom;
  const angle = (latitude * Math.PI) / 180;
  const x = Math.floor(((longitude + 180) / 360) * across);
  const y = Math.floor(((1 - Math.asinh(Math.tan(angle)) / Math.PI) / 2) * across);
  return `/${zoom}/${x}/${y}.png`;
}
