// Product pictures on another host: shown when the operator allows the host, otherwise a parcel icon.

import { expect, test } from "../support/test.js";
import { startServer } from "../../support/server.js";

/** A gray pixel. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGO4BAAA1ADTqstRPwAAAABJRU5ErkJggg==",
  "base64",
);
const HOST = "https://pictures.example";
/** The browser reports the blocked request, although it was never sent. */
const BLOCKED = /img-src|requested another host: https:\/\/pictures\.example\//;

test("pictures from another host are shown once the operator names it; until then no page requests them", async ({
  people,
}) => {
  const server = await startServer("--image-origins", HOST);
  try {
    const staff = await server.admin();
    const { products } = await staff.call("GET", "/api/v1/products");
    await staff.call("POST", "/api/v1/products", {
      name: "Enamel pot",
      price: products[0].price,
      stock: 5,
      image: `${HOST}/pot.png`,
    });
    // The operator takes the host away again.
    await server.stop();
    server.options = [];
    await server.start();

    const before = await people.arrive(await server.asha(), {}, server);
    before.monitor.expect(BLOCKED);
    const requests = await answerFor(before);
    await before.open("/");
    await expect(pictureOf(before, "Enamel pot").locator("svg.lucide-package")).toBeVisible();
    expect(requests, "the policy blocks the request").toEqual([]);
    const admin = await people.arrive(staff, {}, server);
    admin.monitor.expect(BLOCKED);
    await admin.open("/admin/products");
    await admin.page.getByRole("button", { name: "Edit Enamel pot" }).click();
    await expect(
      admin.page
        .getByRole("dialog")
        .getByText(/Pictures from pictures\.example are blocked.*add https:\/\/pictures\.example to .* image_origins/),
    ).toBeVisible();

    await Promise.all([before, admin].map(({ context }) => context.close()));
    await server.stop();
    server.options = ["--image-origins", HOST];
    await server.start();
    const after = await people.arrive(await server.asha(), {}, server);
    after.monitor.expect(new RegExp(`requested another host: ${HOST}/`));
    const sent = await answerFor(after);
    await after.open("/");
    const picture = pictureOf(after, "Enamel pot").locator("img");
    await expect.poll(() => picture.evaluate((image) => image.complete && image.naturalWidth)).toBe(1);
    expect(sent).toEqual([undefined]);
    // The page would complain of the server's end.
    await after.context.close();
  } finally {
    await server.remove();
  }
});

/** Answers for the other host, and returns the referrers it received. */
async function answerFor({ page }) {
  const referrers = [];
  await page.route(`${HOST}/**`, (route) => {
    referrers.push(route.request().headers().referer);
    return route.fulfill({ contentType: "image/png", body: PICTURE });
  });
  return referrers;
}

function pictureOf({ page }, product) {
  return page.getByRole("listitem").filter({ hasText: product });
}
