import { OrdercastProblem, type NewOrder, type Order } from "@ordercast/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { attemptFor, forgetAttempt, forgetResolvedAttempt, unresolvedAttempt } from "./attempt";
import { retryUnresolved, placeOrderOnce } from "./placeOrder";

const order = (city: string): NewOrder => ({
  items: [{ productId: "tea", quantity: 1 }],
  shippingAddress: { name: "Ada", line1: "1 Street", city, postalCode: "1", country: "AU" },
  paymentMethod: "cash_on_delivery",
});
const problem = (status: number, code = "any") => new OrdercastProblem({ code, status, title: "", detail: "no luck" });

/** A server that gives these answers in turn, and then accepts every order. */
function server(...answers: (OrdercastProblem | "taken")[]) {
  const sent: { city: string; key: string }[] = [];
  const send = async (body: NewOrder, key: string) => {
    sent.push({ city: body.shippingAddress.city, key });
    const answer = answers.shift();
    if (answer instanceof OrdercastProblem) throw answer;
    return { id: `order in ${body.shippingAddress.city}` } as Order;
  };
  return { sent, send };
}

beforeEach(() => {
  const stored = new Map<string, string>();
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
});
afterEach(() => {
  forgetAttempt();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("the key of an order", () => {
  it("works on a page served over plain HTTP", () => {
    const { getRandomValues } = crypto;
    vi.stubGlobal("crypto", { getRandomValues: getRandomValues.bind(crypto) });
    expect(attemptFor("ada", order("Perth")).key).toMatch(/^[0-9a-f]{32}$/);
  });

  it("is the same for the same order until it is forgotten", () => {
    const { key } = attemptFor("ada", order("Perth"));
    expect(attemptFor("ada", order("Perth")).key).toBe(key);
    expect(attemptFor("ada", order("Hobart")).key).not.toBe(key);
    const { key: another } = attemptFor("ada", order("Perth"));
    forgetAttempt();
    expect(attemptFor("ada", order("Perth")).key).not.toBe(another);
  });

  it("works without storage", () => {
    vi.stubGlobal("sessionStorage", undefined);
    expect(attemptFor("ada", order("Perth")).key).toBe(attemptFor("ada", order("Perth")).key);
  });
});

describe("an order with an unknown outcome", () => {
  it.each([problem(0, "network"), problem(0, "timeout"), problem(0, "aborted"), problem(500), problem(504)])(
    "is sent again under the same key",
    async (lost) => {
      const { sent, send } = server(lost);
      await expect(placeOrderOnce("ada", order("Perth"), send)).rejects.toBe(lost);
      expect(unresolvedAttempt("ada")).toBeDefined();
      expect(await retryUnresolved("ada", send)).toMatchObject({ order: { id: "order in Perth" }, isEarlier: false });
      expect(sent[1]).toEqual(sent[0]);
      expect(unresolvedAttempt("ada")).toBeUndefined();
    },
  );

  it("is resolved before a changed order is sent", async () => {
    const { sent, send } = server(problem(504));
    await expect(placeOrderOnce("ada", order("Perth"), send)).rejects.toThrow("no luck");
    expect(await placeOrderOnce("ada", order("Hobart"), send)).toMatchObject({
      order: { id: "order in Perth" },
      sent: order("Perth"),
      isEarlier: true,
    });
    expect(sent.map(({ city }) => city)).toEqual(["Perth", "Perth"]);
  });

  it("is replaced by the changed order when the server refuses it", async () => {
    const { sent, send } = server(problem(504), problem(409, "out_of_stock"));
    await expect(placeOrderOnce("ada", order("Perth"), send)).rejects.toThrow("no luck");
    expect(await placeOrderOnce("ada", order("Hobart"), send)).toMatchObject({
      order: { id: "order in Hobart" },
      isEarlier: false,
    });
    expect(new Set(sent.map(({ key }) => key)).size).toBe(2);
  });

  it("stays unknown while the answers say nothing about it", async () => {
    const { sent, send } = server(problem(504), problem(0), problem(429), problem(401));
    for (const city of ["Perth", "Hobart", "Hobart", "Hobart"])
      await expect(placeOrderOnce("ada", order(city), send)).rejects.toThrow("no luck");
    expect(sent.every(({ city, key }) => city === "Perth" && key === sent[0]?.key)).toBe(true);
    expect(unresolvedAttempt("ada")).toBeDefined();
  });

  it("is stored while waiting, so that it survives a reload", () => {
    void placeOrderOnce("ada", order("Perth"), () => new Promise(() => {}));
    expect(unresolvedAttempt("ada")).toBeDefined();
  });

  it("is forgotten on sign-out, even before the answer", async () => {
    const answer = placeOrderOnce("ada", order("Perth"), async () => {
      forgetAttempt();
      throw problem(0, "aborted");
    });
    await expect(answer).rejects.toThrow("no luck");
    expect(unresolvedAttempt("ada")).toBeUndefined();
    expect(sessionStorage.getItem("ordercast.checkout")).toBeNull();
  });

  it("outlives an ended session, for the same person", async () => {
    const { sent, send } = server(problem(504));
    await expect(placeOrderOnce("ada", order("Perth"), send)).rejects.toThrow("no luck");
    forgetResolvedAttempt();
    expect(unresolvedAttempt("bob")).toBeUndefined();
    expect(await retryUnresolved("ada", send)).toMatchObject({ order: { id: "order in Perth" } });
    expect(sent[1]).toEqual(sent[0]);
    attemptFor("ada", order("Hobart"));
    forgetResolvedAttempt();
    expect(sessionStorage.getItem("ordercast.checkout")).toBeNull();
  });

  it("is not sent again after a day, when the server has forgotten its key", async () => {
    vi.useFakeTimers();
    const { send } = server(problem(504));
    await expect(placeOrderOnce("ada", order("Perth"), send)).rejects.toThrow("no luck");
    vi.advanceTimersByTime(24 * 3_600_000);
    expect(await retryUnresolved("ada", send)).toBeUndefined();
  });
});

describe("an order that was refused", () => {
  it.each([problem(409, "out_of_stock"), problem(422, "invalid_body"), problem(429), problem(401)])(
    "was not placed",
    async (refusal) => {
      const { send } = server(refusal);
      await expect(placeOrderOnce("ada", order("Perth"), send)).rejects.toBe(refusal);
      expect(unresolvedAttempt("ada")).toBeUndefined();
      expect(await placeOrderOnce("ada", order("Hobart"), send)).toMatchObject({ isEarlier: false });
    },
  );
});
