// Reloads the app in its newest version: activates a waiting service worker first, which would otherwise keep serving
// old files.

/** How long to wait for the new worker before reloading anyway. */
const TIMEOUT_MS = 10_000;

type Workers = Pick<ServiceWorkerContainer, "getRegistration" | "addEventListener">;

/** Resolves when the newest worker controls the page, or after the timeout. */
export async function activateNewestWorker(workers: Workers | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((done) => (timer = setTimeout(done, TIMEOUT_MS)));
  await Promise.race([activateWaitingWorker(workers), timeout]).catch(() => undefined);
  clearTimeout(timer);
}

async function activateWaitingWorker(workers: Workers | undefined): Promise<void> {
  const registration = await workers?.getRegistration();
  if (!workers || !registration) return;
  const activated = new Promise<void>((done) =>
    workers.addEventListener("controllerchange", () => done(), { once: true }),
  );
  // A worker can be waiting even when the server cannot be reached.
  await registration.update().catch(() => undefined);
  const next = registration.installing ?? registration.waiting;
  if (!next) return;
  const failed = new Promise<void>((done) =>
    next.addEventListener("statechange", () => {
      if (next.state === "redundant") done();
    }),
  );
  next.postMessage({ type: "SKIP_WAITING" }, []);
  await Promise.race([activated, failed]);
}

let reloading = false;

/** The page is about to reload: errors until then need no report. */
export const isReloading = () => reloading;

export async function reloadApp(): Promise<void> {
  if (reloading) return;
  reloading = true;
  // Service workers are not available over plain HTTP.
  await activateNewestWorker("serviceWorker" in navigator ? navigator.serviceWorker : undefined);
  window.location.reload();
}
