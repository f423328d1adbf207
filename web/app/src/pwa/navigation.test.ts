import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answerPage, isPage, APP_SHELL_URL } from "./navigation";

/** Recreates the function from its source text, as the service worker does. */
// oxlint-disable-next-line no-implied-eval -- That is what the build does with it.
const serialized = <Value>(value: Value): Value => new Function(`return ${String(value)}`)() as Value;

const request = { mode: "navigate" } as Request;
const under = (path: string) => vi.stubGlobal("registration", { scope: `http://shop.example${path}` });
const at = (path: string, mode = "navigate") =>
  serialized(isPage)({ request: { mode } as Request, url: new URL(path, "http://shop.example"), sameOrigin: true });

beforeEach(() => under("/"));
afterEach(() => vi.unstubAllGlobals());

describe("isPage", () => {
  it("accepts page navigations and rejects the server's own paths", () => {
    expect(at("/")).toBe(true);
    expect(at("/orders/1042?from=mail")).toBe(true);
    expect(at("/documents")).toBe(true);
    for (const other of ["/api/v1/orders", "/docs", "/health/ready", "/metrics", "/socket.io/"])
      expect(at(other)).toBe(false);
    expect(at("/", "cors")).toBe(false);
    expect(serialized(isPage)({ request, url: new URL("http://other.example/"), sameOrigin: false })).toBe(false);
  });

  it("knows the base path", () => {
    under("/shop/");
    for (const page of ["/shop/", "/shop/orders/1042", "/shop/documents"]) expect(at(page)).toBe(true);
    for (const other of ["/shop/api/v1/orders", "/shop/docs", "/shop/socket.io/", "/other/", "/orders"])
      expect(at(other)).toBe(false);
  });
});

describe("answerPage", () => {
  let precached: Map<string, string>;

  beforeEach(() => {
    vi.useFakeTimers();
    precached = new Map([
      ["http://shop.example/theme.js", "not a page"],
      [`${new URL(APP_SHELL_URL, "http://shop.example/").href}&__WB_REVISION__=1`, "precached"],
    ]);
    vi.stubGlobal("caches", {
      keys: async () => [
        "assets-http://shop.example/",
        "workbox-precache-v2-http://shop.example/outlet/",
        "workbox-precache-v2-http://shop.example/",
      ],
      open: async (name: string) => ({
        keys: async () => (name.startsWith("assets") ? [] : [...precached.keys()].map((url) => ({ url }))),
        match: async ({ url }: { url: string }) =>
          new Response(name.includes("outlet") ? "another shop's page" : precached.get(url)),
      }),
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const opened = async (fetched: () => Promise<Response>) => {
    vi.stubGlobal("fetch", fetched);
    const answer = serialized(answerPage)({ request });
    await vi.advanceTimersByTimeAsync(3_000);
    return (await answer).text();
  };
  const after = (ms: number, answer: Response) => () =>
    new Promise<Response>((done) => setTimeout(() => done(answer), ms));

  it("returns the server's response when it is in time", async () => {
    expect(await opened(after(2_900, new Response("new")))).toBe("new");
    expect(await opened(after(0, new Response("gone", { status: 404 })))).toBe("gone");
  });

  it("returns the precached page when there is no response, or not in time, or only a proxy's", async () => {
    expect(await opened(() => Promise.reject(new TypeError("offline")))).toBe("precached");
    expect(await opened(after(60_000, new Response("late")))).toBe("precached");
    expect(await opened(after(0, new Response("bad gateway", { status: 502 })))).toBe("precached");
  });

  it("waits for the response when nothing is precached", async () => {
    precached.clear();
    vi.stubGlobal("fetch", after(9_000, new Response("late")));
    const answer = serialized(answerPage)({ request });
    await vi.advanceTimersByTimeAsync(9_000);
    expect(await (await answer).text()).toBe("late");
  });
});
