// How the service worker answers when a page is opened. The build copies these two functions into the worker as text
// (see vite.config.ts), so each stands alone: nothing from outside of it, and no imports.

export interface Navigation {
  request: Request;
  url: URL;
  sameOrigin: boolean;
}

/** Under this address the page is kept; a visit to "/" must not find it, so it is not just "/". */
export const KEPT_PAGE = "/?kept";

/** Whether it is one of the app's pages that is opened, not something that the server answers by itself. */
export const isPage = ({ request, url, sameOrigin }: Navigation): boolean =>
  sameOrigin && request.mode === "navigate" && !/^\/(api|docs|health|metrics|socket\.io)(\/|$)/.test(url.pathname);

/**
 * The page as the server has it now: its headers, such as where a map's pictures may come from, change with a setting
 * and without a new worker. When nobody answers within three seconds, or only a proxy does, it is the one that was kept.
 */
export const answerPage = async ({ request }: Pick<Navigation, "request">): Promise<Response> => {
  const asked = fetch(request).catch(() => undefined);
  const tooLate = new Promise<undefined>((done) => setTimeout(done, 3_000));
  const answer = await Promise.race([asked, tooLate]);
  if (answer && answer.status < 500) return answer;
  // Kept under "/?kept&__WB_REVISION__=…", for each version of the page.
  for (const name of await caches.keys()) {
    if (!name.includes("precache")) continue;
    const cache = await caches.open(name);
    for (const key of await cache.keys()) {
      if (!new URL(key.url).searchParams.has("kept")) continue;
      const kept = await cache.match(key, { ignoreVary: true });
      if (kept) return kept;
    }
  }
  return answer ?? (await asked) ?? Response.error();
};
