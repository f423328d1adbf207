// Everything behind the live connection, over a server that answers from a list of orders.

import { createApi } from "../../src/api/http.js";
import { createPersistence } from "../../src/core/persistence.js";
import { createScheduler } from "../../src/core/scheduler.js";
import { createInbox } from "../../src/inbox/inbox.js";
import { createCursorTracker } from "../../src/live/cursor.js";
import type { OrderEvent } from "../../src/live/events.js";
import { createHub } from "../../src/live/hub.js";
import type { ReceivedEvent } from "../../src/live/incoming.js";
import { createPresence } from "../../src/live/presence.js";
import type { Account, Order } from "../../src/model.js";
import { localProblem } from "../../src/problem.js";
import type { OrderSort } from "../../src/orders/contract.js";
import { createOrders } from "../../src/orders/orders.js";
import { COMPARE } from "../../src/orders/sort.js";
import { createStats } from "../../src/stats.js";
import { createFakeEnvironment } from "./environment.js";

export const STAFF: Account = { id: "mira", role: "staff", storeId: "main", name: "Mira" };

/** `orders`: what the server has, oldest first. Changing the array changes the server. */
export function createPipeline(orders: Order[], { maxOrders = 20_000 } = {}) {
  const environment = createFakeEnvironment();
  const requests: URL[] = [];
  let held: (() => void)[] | undefined;
  let isFailing = false;

  const find = (ref?: string) => orders.find(({ id, number }) => id === ref || number === ref);

  function answer(url: URL): unknown {
    if (url.pathname === "/api/v1/notifications") return { items: [], next: null, unread: 0, cursor: "ab:1" };
    if (url.pathname !== "/api/v1/orders") return find(url.pathname.split("/").at(-1)) ?? {};
    const parameter = (name: string) => url.searchParams.get(name);
    const status = parameter("status")?.split(",");
    const to = parameter("to");
    const found = orders
      .filter((order) => status === undefined || status.includes(order.status))
      .filter((order) => to === null || order.createdAt < to)
      .sort(COMPARE[(parameter("sort") ?? "newest") as OrderSort]);
    const [limit, page] = [Number(parameter("limit")), Number(parameter("page") ?? 0)];
    const next = page + limit < found.length ? String(page + limit) : null;
    return { orders: found.slice(page, page + limit), next, cursor: "ab:1" };
  }

  const api = createApi("http://shop.example", "omit", async (request) => {
    const url = new URL(request.url);
    requests.push(url);
    if (isFailing) throw localProblem("network", "The server cannot be reached.");
    // The answer is from when it was requested.
    const response = Response.json(answer(url));
    await new Promise<void>((resolve) => (held === undefined ? resolve() : held.push(resolve)));
    return response;
  });
  const scheduler = createScheduler(environment);
  const persistence = createPersistence("", null);
  const account = () => STAFF;
  const cursor = createCursorTracker(environment, persistence, undefined);
  const onFailed = () => undefined;
  const onSettled = () => hub.settled();
  const store = createOrders({
    api,
    environment,
    persistence,
    scheduler,
    account,
    maxOrders,
    onRead: cursor.read,
    covers: cursor.covers,
    onOwn: (id, version) => hub.own(id, version),
    onSettled,
    onFailed,
  });
  const { read: onRead, covers } = cursor;
  const inbox = createInbox({ api, environment, scheduler, account, onRead, covers, onSettled, onFailed });
  const stats = createStats(api, environment, scheduler, account, onFailed);
  const presence = createPresence({
    environment,
    scheduler,
    account,
    ask: () => Promise.reject(new Error("no live connection")),
  });
  const hub = createHub({ environment, scheduler, cursor, orders: store, inbox, stats, presence, account });
  const events: OrderEvent[] = [];
  hub.onEvent((event) => events.push(event));
  cursor.setAccount(STAFF);

  return {
    environment,
    store,
    inbox,
    hub,
    events,
    requests,
    cursor,
    /** Paths of the requests since the last call. */
    paths: () => requests.splice(0).map((url) => url.pathname.replace("/api/v1/", "")),
    /** Events arrive together. */
    receive(...received: ReceivedEvent[]) {
      for (const event of received) hub.receive({ type: "event", event });
    },
    /** Responses wait for `release`. */
    hold: () => void (held = []),
    /** Releases the oldest responses; all of them by default, and later ones are not held. */
    async release(count = Number.POSITIVE_INFINITY) {
      for (const go of held?.splice(0, count) ?? []) go();
      if (count === Number.POSITIVE_INFINITY) held = undefined;
      await environment.advance(100);
    },
    /** Whether requests fail as if the network were down. */
    fail: (fails: boolean) => void (isFailing = fails),
  };
}

export const numbersOf = (orders: readonly Order[]) => orders.map((order) => Number(order.number));
