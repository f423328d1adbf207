// Fixtures of all browser tests: a server per worker, and users with browsers.

import { test as base, expect } from "@playwright/test";
import { startServer } from "../../support/server.js";
import { Person } from "./person.js";

let registered = 0;

export const test = base.extend({
  /** The real binary with a fresh demo shop. */
  server: [
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.remove();
    },
    { scope: "worker", timeout: 90_000 },
  ],

  /**
   * Opens browsers for users. After the test no page may have logged an error, violated its policy, or contacted
   * another host.
   */
  people: async ({ browser, server }, use) => {
    const arrived = [];
    const arrive = async (account, options, at = server) => {
      const person = await Person.arrive(browser, at, account, options);
      arrived.push(person);
      return person;
    };
    await use({
      arrive,
      visitor: (options) => arrive(undefined, options),
      /** A new customer without orders. */
      customer: async (name = "Mira Holm", options) => arrive(await newCustomer(server, name), options),
      admin: async (options) => arrive(await server.admin(), options),
    });
    const problems = arrived.flatMap(({ monitor, name }) =>
      monitor.problems.map((problem) => `${name ?? "visitor"}: ${problem}`),
    );
    await Promise.all(arrived.map(({ context }) => context.close()));
    expect(problems, "what the pages complained of").toEqual([]);
  },

  customer: ({ people }, use) => people.customer().then(use),
  admin: ({ people }, use) => people.admin().then(use),
});

export { expect };

export async function newCustomer(server, name) {
  registered += 1;
  const handle = `${name.toLowerCase().replace(/\W+/g, "-")}-${process.pid}-${registered}`;
  return server.shop.register(handle, name);
}
