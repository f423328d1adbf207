// A user with a browser of their own.

import { expect } from "@playwright/test";
import { PageMonitor } from "./pageMonitor.js";

export class Person {
  /** Opens a browser window, signed in when an account is given. */
  static async arrive(browser, server, account, options = {}) {
    const context = await browser.newContext({ baseURL: server.url, ...options });
    const monitor = await PageMonitor.begin(context, server.url);
    if (account) await context.addCookies(cookiesOf(account, server.url));
    return new Person({ context, monitor, account, page: await context.newPage() });
  }

  constructor(parts) {
    Object.assign(this, parts);
  }

  get name() {
    return this.account?.user.name;
  }

  /** Opens a page and waits until it is live. */
  async open(path, page = this.page) {
    await page.goto(path);
    await expect(liveIndicator(page)).toHaveAccessibleName(/: Live$/);
  }

  /** Opens a page and waits until it has read what it shows. What it has read is no news. */
  async openAndRead(path) {
    await this.open(path);
    await this.page.waitForLoadState("networkidle");
  }

  /** Opens another tab in the same browser. */
  async openTab(path) {
    const tab = await this.context.newPage();
    await this.open(path, tab);
    return tab;
  }

  /** A toast with exactly this text. */
  toast(text, page = this.page) {
    return messages(page).filter({ has: page.getByText(text, { exact: true }) });
  }

  /** The live indicator. */
  get indicator() {
    return liveIndicator(this.page);
  }

  /** The element within the indicator whose `data-state` is the connection's state. */
  get liveState() {
    return this.indicator.locator("[data-state]");
  }
}

export function liveIndicator(page) {
  return page.getByRole("button", { name: /^(Connection|Live Updates): / });
}

/** All visible toasts. */
export function messages(page) {
  return page.getByRole("region", { name: "Messages" }).locator("[data-severity]");
}

export function cookiesOf(account, url) {
  return account.cookie.split("; ").map((cookie) => {
    const [name, ...value] = cookie.split("=");
    return { name, value: value.join("="), url, httpOnly: true, sameSite: "Lax" };
  });
}
