import { OrdercastProblem, type NewOrder, type Order } from "@ordercast/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { attemptOf, forgetAttempt, openAttempt } from "./attempt";
import { placeAgain, placeOnce } from "./placing";

const order = (city: string): NewOrder => ({
  items: [{ productId: "tea", quantity: 1 }],
  shippingAddress: { name: "Ada", line1: "1 Street", city, postalCode: "1", country: "AU" },
  paymentMethod: "cash_on_delivery",
});
const problem = (status: number, code = "any") => new OrdercastProblem({ code, status, title: "", detail: "no luck" });

/** A server that does as it is told, one after the other; then it takes what comes. */
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
  const kept = new Map<string, string>();
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});
afterEach(() => {
  forgetAttempt();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("the key of an order", () => {
  it("is there on a page that came over plain HTTP", () => {
    const { getRandomValues } = crypto;
    vi.stubGlobal("crypto", { getRandomValues: getRandomValues.bind(crypto) });
    expect(attemptOf(order("Perth")).key).toMatch(/^[0-9a-f]{32}$/);
  });

  it("is the same for the same order, until that is forgotten", () => {
    const { key } = attemptOf(order("Perth"));
    expect(attemptOf(order("Perth")).key).toBe(key);
    expect(attemptOf(order("Hobart")).key).not.toBe(key);
    const { key: another } = attemptOf(order("Perth"));
    forgetAttempt();
    expect(attemptOf(order("Perth")).key).not.toBe(another);
  });

  it("holds without storage", () => {
    vi.stubGlobal("sessionStorage", undefined);
    expect(attemptOf(order("Perth")).key).toBe(attemptOf(order("Perth")).key);
  });
});

describe("an order of which nobody knows whether it arrived", () => {
  it.each([problem(0, "network"), problem(0, "timeout"), problem(0, "aborted"), problem(500), problem(504)])(
    "is sent again, the same under the same key",
    async (lost) => {
      const { sent, send } = server(lost);
      await expect(placeOnce(order("Perth"), send)).rejects.toBe(lost);
      expect(openAttempt()).toBeDefined();
      expect(await placeAgain(send)).toMatchObject({ order: { id: "order in Perth" }, isEarlier: false });
      expect(sent[1]).toEqual(sent[0]);
      expect(openAttempt()).toBeUndefined();
    },
  );

  it("comes before a changed one: if it arrived, that was the order", async () => {
    const { sent, send } = server(problem(504));
    await expect(placeOnce(order("Perth"), send)).rejects.toThrow("no luck");
    expect(await placeOnce(order("Hobart"), send)).toMatchObject({
      order: { id: "order in Perth" },
      sent: order("Perth"),
      isEarlier: true,
    });
    expect(sent.map(({ city }) => city)).toEqual(["Perth", "Perth"]);
  });

  it("makes way for the changed one when the server refuses it", async () => {
    const { sent, send } = server(problem(504), problem(409, "out_of_stock"));
    await expect(placeOnce(order("Perth"), send)).rejects.toThrow("no luck");
    expect(await placeOnce(order("Hobart"), send)).toMatchObject({
      order: { id: "order in Hobart" },
      isEarlier: false,
    });
    expect(new Set(sent.map(({ key }) => key)).size).toBe(2);
  });

  it("stays so as long as the answers do not tell", async () => {
    const { sent, send } = server(problem(504), problem(0), problem(429), problem(401));
    for (const city of ["Perth", "Hobart", "Hobart", "Hobart"])
      await expect(placeOnce(order(city), send)).rejects.toThrow("no luck");
    expect(sent.every(({ city, key }) => city === "Perth" && key === sent[0]?.key)).toBe(true);
    expect(openAttempt()).toBeDefined();
  });

  it("is one while the answer is awaited, also for whoever loads the page anew meanwhile", () => {
    void placeOnce(order("Perth"), () => new Promise(() => {}));
    expect(openAttempt()).toBeDefined();
  });

  it("is forgotten with a sign-out, also when that comes before the answer", async () => {
    const answer = placeOnce(order("Perth"), async () => {
      forgetAttempt();
      throw problem(0, "aborted");
    });
    await expect(answer).rejects.toThrow("no luck");
    expect(openAttempt()).toBeUndefined();
    expect(sessionStorage.getItem("ordercast.checkout")).toBeNull();
  });

  it("is not sent again after a day, when the server does not know its key any more", async () => {
    vi.useFakeTimers();
    const { send } = server(problem(504));
    await expect(placeOnce(order("Perth"), send)).rejects.toThrow("no luck");
    vi.advanceTimersByTime(24 * 3_600_000);
    expect(await placeAgain(send)).toBeUndefined();
  });
});

describe("an order that was refused", () => {
  it.each([problem(409, "out_of_stock"), problem(422, "invalid_body"), problem(429), problem(401)])(
    "did not arrive",
    async (refusal) => {
      const { send } = server(refusal);
      await expect(placeOnce(order("Perth"), send)).rejects.toBe(refusal);
      expect(openAttempt()).toBeUndefined();
      expect(await placeOnce(order("Hobart"), send)).toMatchObject({ isEarlier: false });
    },
  );
});
