import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answerPage, isPage, KEPT_PAGE } from "./navigation";

/** As the worker gets it: its text alone. */
// oxlint-disable-next-line no-implied-eval -- That is what the build does with it.
const alone = <Made>(made: Made): Made => new Function(`return ${String(made)}`)() as Made;

const request = { mode: "navigate" } as Request;
const at = (path: string, mode = "navigate") =>
  alone(isPage)({ request: { mode } as Request, url: new URL(path, "http://shop.example"), sameOrigin: true });

describe("a page that is opened", () => {
  it("is told from what the server answers by itself", () => {
    expect(at("/")).toBe(true);
    expect(at("/orders/1042?from=mail")).toBe(true);
    expect(at("/documents")).toBe(true);
    for (const other of ["/api/v1/orders", "/docs", "/health/ready", "/metrics", "/socket.io/"])
      expect(at(other)).toBe(false);
    expect(at("/", "cors")).toBe(false);
    expect(alone(isPage)({ request, url: new URL("http://other.example/"), sameOrigin: false })).toBe(false);
  });
});

describe("the page", () => {
  let kept: Map<string, string>;

  beforeEach(() => {
    vi.useFakeTimers();
    kept = new Map([
      ["http://shop.example/theme.js", "not a page"],
      [`http://shop.example${KEPT_PAGE}&__WB_REVISION__=1`, "kept"],
    ]);
    vi.stubGlobal("caches", {
      keys: async () => ["assets", "workbox-precache-v2-http://shop.example/"],
      open: async (name: string) => ({
        keys: async () => (name === "assets" ? [] : [...kept.keys()].map((url) => ({ url }))),
        match: async ({ url }: { url: string }) => new Response(kept.get(url)),
      }),
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const opened = async (fetched: () => Promise<Response>) => {
    vi.stubGlobal("fetch", fetched);
    const answer = alone(answerPage)({ request });
    await vi.advanceTimersByTimeAsync(3_000);
    return (await answer).text();
  };
  const after = (ms: number, answer: Response) => () =>
    new Promise<Response>((done) => setTimeout(() => done(answer), ms));

  it("is the server's, with the headers of today", async () => {
    expect(await opened(after(2_900, new Response("new")))).toBe("new");
    expect(await opened(after(0, new Response("gone", { status: 404 })))).toBe("gone");
  });

  it("is the kept one when nobody answers, or not in time, or only a proxy", async () => {
    expect(await opened(() => Promise.reject(new TypeError("offline")))).toBe("kept");
    expect(await opened(after(60_000, new Response("late")))).toBe("kept");
    expect(await opened(after(0, new Response("bad gateway", { status: 502 })))).toBe("kept");
  });

  it("is waited for where none was kept", async () => {
    kept.clear();
    vi.stubGlobal("fetch", after(9_000, new Response("late")));
    const answer = alone(answerPage)({ request });
    await vi.advanceTimersByTimeAsync(9_000);
    expect(await (await answer).text()).toBe("late");
  });
});
