// How the service worker answers requests for files that are not precached. The build copies these functions into the
// worker as text, as those of navigation.ts, so each must be self-contained.

import type { Navigation } from "./navigation";

declare const registration: ServiceWorkerRegistration;

/** Whether the file's name contains a hash of its content, so that it never goes stale. */
export const isAsset = ({ url, sameOrigin }: Pick<Navigation, "url" | "sameOrigin">): boolean =>
  sameOrigin && url.pathname.startsWith(`${new URL(registration.scope).pathname}assets/`);

/**
 * Answers from the cache, or fetches the file and keeps it. Not Workbox's strategy, whose cache would have one name for all
 * shops under paths of the same host.
 */
export const answerAsset = async ({ request }: Pick<Navigation, "request">): Promise<Response> => {
  const cache = await caches.open(`assets-${registration.scope}`);
  const cached = await cache.match(request.url, { ignoreVary: true });
  if (cached) return cached;
  const response = await fetch(request);
  if (response.status !== 200) return response;
  // The disk may be full. Then the file is only not kept.
  const kept = cache.put(request.url, response.clone()).then(async () => {
    const keys = await cache.keys();
    await Promise.all(keys.slice(0, Math.max(0, keys.length - 80)).map((key) => cache.delete(key)));
  });
  await kept.catch(() => undefined);
  return response;
};
