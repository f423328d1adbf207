import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { answerAsset, isAsset } from "./assets";

/** Recreates the function from its source text, as the service worker does. */
// oxlint-disable-next-line no-implied-eval -- That is what the build does with it.
const serialized = <Value>(value: Value): Value => new Function(`return ${String(value)}`)() as Value;

const files = new Map<string, Response>();
const opened: string[] = [];
const fetched = vi.fn<(request: Request) => Promise<Response>>();
const request = (name: string) => new Request(`http://site.example/shop/assets/${name}`);

beforeEach(() => {
  files.clear();
  fetched.mockReset();
  fetched.mockImplementation(async ({ url }) => new Response(url));
  vi.stubGlobal("registration", { scope: "http://site.example/shop/" });
  vi.stubGlobal("fetch", fetched);
  vi.stubGlobal("caches", {
    open: async (name: string) => {
      opened.push(name);
      return {
        match: async (url: string) => files.get(url)?.clone(),
        put: async (url: string, response: Response) => void files.set(url, response),
        keys: async () => [...files.keys()],
        delete: async (url: string) => files.delete(url),
      };
    },
  });
});
afterEach(() => vi.unstubAllGlobals());

it("keeps files of its own base path only", () => {
  const is = (path: string, sameOrigin = true) =>
    serialized(isAsset)({ url: new URL(path, "http://site.example"), sameOrigin });
  expect(is("/shop/assets/a-1.js")).toBe(true);
  for (const other of ["/assets/a-1.js", "/outlet/assets/a-1.js", "/shop/theme.js"]) expect(is(other)).toBe(false);
  expect(is("/shop/assets/a-1.js", false)).toBe(false);
});

it("fetches a file once, and keeps the newest 80 in a cache of this shop", async () => {
  const answer = serialized(answerAsset);
  expect(await (await answer({ request: request("a.js") })).text()).toContain("a.js");
  expect(await (await answer({ request: request("a.js") })).text()).toContain("a.js");
  expect(fetched).toHaveBeenCalledTimes(1);
  expect(opened).toContain("assets-http://site.example/shop/");
  for (let i = 0; i < 80; i += 1) await answer({ request: request(`${i}.js`) });
  expect([files.size, files.has(request("a.js").url), files.has(request("79.js").url)]).toEqual([80, false, true]);
});

it("keeps no errors", async () => {
  fetched.mockResolvedValueOnce(new Response("gone", { status: 404 }));
  expect((await serialized(answerAsset)({ request: request("a.js") })).status).toBe(404);
  expect(files.size).toBe(0);
});
