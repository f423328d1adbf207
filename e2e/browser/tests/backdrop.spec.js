// The backdrop of a dialog covers the whole window, also where the page's scrollbar was.

import { chromium } from "@playwright/test";
import { launchOptions } from "../support/chromium.js";
import { expect, test } from "../support/test.js";

test("beside a dialog there is no strip in another color", async ({ server }) => {
  // A headless browser hides its scrollbars, and with them the space that is kept for them.
  const browser = await chromium.launch({ ...launchOptions(), ignoreDefaultArgs: ["--hide-scrollbars"] });
  try {
    const page = await browser.newPage({ baseURL: server.url, reducedMotion: "reduce" });
    await page.goto("/");
    await page.getByRole("link", { name: "Paper bags" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    const { width, height } = page.viewportSize();
    expect(await page.evaluate(() => innerWidth - document.getElementById("root").offsetWidth)).toBeGreaterThan(0);
    const shot = await page.screenshot({ animations: "disabled" });
    const blank = await browser.newPage();
    const [left, right] = await blank.evaluate(colorsAt, [shot.toString("base64"), [3, width - 3], height - 3]);
    expect(right).toEqual(left);
  } finally {
    await browser.close();
  }
});

/** The colors of a picture at these columns of a line. */
async function colorsAt([picture, columns, line]) {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  return columns.map((column) => [...canvas.getImageData(column, line, 1, 1).data]);
}
