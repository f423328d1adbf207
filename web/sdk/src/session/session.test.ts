// Which data of a person is persisted on this device, and when it is removed.

import { describe, expect, test } from "vitest";
import { createFakeEnvironment } from "../../tests/support/environment.js";
import { createClient } from "../client.js";
import type { Account } from "../model.js";

const ASHA: Account = { id: "asha", role: "customer", storeId: "main" };
const TOM: Account = { id: "tom", role: "customer", storeId: "main" };
const OF_ASHA = ["account", "cursor:asha", "orders:asha"];

/** A device that Asha used last, and a server with the session of `first`. */
function setUp(first: Account | "nobody" | "ended" | "no answer") {
  const environment = createFakeEnvironment();
  const prefix = "ordercast:http://shop.example:";
  const values = new Map(OF_ASHA.map((name) => [prefix + name, JSON.stringify(name === "account" ? ASHA : {})]));
  const storage = {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
  let who = first;
  environment.fetch = () => {
    if (who === "no answer") return Promise.reject(new TypeError("fetch failed"));
    if (who === "nobody") return Promise.resolve(Response.json({ account: null }));
    if (who === "ended")
      return Promise.resolve(
        Response.json({ code: "session_ended", status: 401, title: "", detail: "" }, { status: 401 }),
      );
    return Promise.resolve(Response.json({ account: who }));
  };
  const client = createClient(
    { baseUrl: "http://shop.example", storage, transports: [], autoStart: true },
    environment,
  );
  const persisted = () => [...values.keys()].map((key) => key.slice(prefix.length)).sort();
  const enter = async (next: typeof who) => {
    who = next;
    await client.session.refresh();
  };
  return { environment, client, persisted, enter };
}

describe("persisted data of a person", () => {
  test.each([
    ["nobody", "unauthenticated"],
    ["ended", "session_ended"],
  ] as const)("is removed when the session has ended (%s), also while no page was open", async (gone, code) => {
    const closed = setUp(gone);
    await closed.environment.advance(100);
    expect(closed.client.session.getSnapshot()).toMatchObject({ state: "signed-out", error: null });
    expect(closed.persisted()).toEqual([]);
    const open = setUp(ASHA);
    await open.environment.advance(100);
    await open.enter(gone);
    expect(open.client.session.getSnapshot()).toMatchObject({ state: "signed-out", error: { code } });
    expect(open.persisted()).toEqual([]);
  });

  test("works with an older server that has no session endpoint", async () => {
    const { environment, client } = setUp(ASHA);
    environment.fetch = (input) => {
      const here = new URL(input instanceof Request ? input.url : input).pathname === "/api/v1/me";
      return Promise.resolve(
        here
          ? Response.json(TOM)
          : Response.json({ code: "not_found", status: 404, title: "", detail: "" }, { status: 404 }),
      );
    };
    await environment.advance(100);
    expect(client.session.getSnapshot()).toMatchObject({ state: "signed-in", account: TOM, verified: true });
  });

  test("is removed when another person signs in, with or without an open page", async () => {
    const open = setUp(ASHA);
    await open.environment.advance(100);
    expect(open.persisted()).toEqual(OF_ASHA);
    await open.enter(TOM);
    expect(open.persisted()).toEqual(["account"]);
    const closed = setUp(TOM);
    await closed.environment.advance(100);
    expect(closed.client.session.getSnapshot().account).toEqual(TOM);
    expect(closed.persisted()).toEqual(["account"]);
  });

  test("stays while the server is unreachable and when the page is closed", async () => {
    const { environment, client, persisted, enter } = setUp("no answer");
    await environment.advance(100);
    expect(client.session.getSnapshot()).toMatchObject({ state: "signed-in", account: ASHA, verified: false });
    await enter(ASHA);
    client.close();
    expect(persisted()).toEqual(OF_ASHA);
  });
});
