// Somebody at a browser of their own.

import { expect } from "@playwright/test";
import { Watch } from "./watch.js";

export class Person {
  /** Opens a browser window; with an account, one that is signed in already. */
  static async arrive(browser, server, account, options = {}) {
    const context = await browser.newContext({ baseURL: server.url, ...options });
    const watch = await Watch.begin(context, server.url);
    if (account) await context.addCookies(cookiesOf(account, server.url));
    return new Person({ context, watch, account, page: await context.newPage() });
  }

  constructor(parts) {
    Object.assign(this, parts);
  }

  get name() {
    return this.account?.user.name;
  }

  /** Goes to a page, and waits until it is live there. */
  async open(path, page = this.page) {
    await page.goto(path);
    await expect(liveIndicator(page)).toHaveAccessibleName(/: Live$/);
  }

  /** Another tab of the same browser. */
  async openTab(path) {
    const tab = await this.context.newPage();
    await this.open(path, tab);
    return tab;
  }

  /** A message that pops up, by its exact words. */
  toast(words, page = this.page) {
    return messages(page).filter({ has: page.getByText(words, { exact: true }) });
  }

  /** The button that tells whether changes arrive (row A10). */
  get indicator() {
    return liveIndicator(this.page);
  }
}

export function liveIndicator(page) {
  return page.getByRole("button", { name: /^(Connection|Live Updates): / });
}

/** Every message that is popped up now. */
export function messages(page) {
  return page.getByRole("region", { name: "Messages" }).locator("[data-severity]");
}

function cookiesOf(account, url) {
  return account.cookie.split("; ").map((cookie) => {
    const [name, ...value] = cookie.split("=");
    return { name, value: value.join("="), url, httpOnly: true, sameSite: "Lax" };
  });
}
