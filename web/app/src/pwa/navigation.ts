// How the service worker answers page requests. The build copies these two functions into the worker as text (see
// vite.config.ts), so each must be self-contained: no imports and no outer variables.

declare const registration: ServiceWorkerRegistration;

export interface Navigation {
  request: Request;
  url: URL;
  sameOrigin: boolean;
}

/** The URL under which the page is precached. Not ".", so that a visit to "/" does not match the cached copy. */
export const APP_SHELL_URL = "./?app-shell";

/** Whether the request opens one of the app's pages, rather than something the server answers itself. */
export const isPage = ({ request, url, sameOrigin }: Navigation): boolean => {
  const { pathname } = new URL(registration.scope);
  if (!sameOrigin || request.mode !== "navigate" || !url.pathname.startsWith(pathname)) return false;
  return !/^(api|docs|health|metrics|socket\.io)(\/|$)/.test(url.pathname.slice(pathname.length));
};

/**
 * Fetches the page, because its headers (such as the hosts from which map tiles may load) change without a new worker.
 * Falls back to the precached page when there is no answer within three seconds, or only a proxy's.
 */
export const answerPage = async ({ request }: Pick<Navigation, "request">): Promise<Response> => {
  const response = fetch(request).catch(() => undefined);
  const timeout = new Promise<undefined>((done) => setTimeout(done, 3_000));
  const fetched = await Promise.race([response, timeout]);
  if (fetched && fetched.status < 500) return fetched;
  // Precached as "/?app-shell&__WB_REVISION__=…", once per version of the page.
  for (const name of await caches.keys()) {
    // Shops under other paths of the same host have caches of their own.
    if (!name.includes("precache") || !name.endsWith(`-${registration.scope}`)) continue;
    const cache = await caches.open(name);
    for (const key of await cache.keys()) {
      if (!new URL(key.url).searchParams.has("app-shell")) continue;
      const cached = await cache.match(key, { ignoreVary: true });
      if (cached) return cached;
    }
  }
  return fetched ?? (await response) ?? Response.error();
};
