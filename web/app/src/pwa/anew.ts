// Loading the app anew so that it is the newest: a service worker that still waits would go on giving out old parts.

/** Longer nobody waits for the new worker; the page is loaded all the same. */
const LONGEST_MS = 10_000;

type Workers = Pick<ServiceWorkerContainer, "getRegistration" | "addEventListener">;

/** Comes back when the newest worker there is has taken over, or it is not worth waiting any longer. */
export async function takeNewest(workers: Workers | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<void>((done) => (timer = setTimeout(done, LONGEST_MS)));
  await Promise.race([takeOver(workers), tooLate]).catch(() => undefined);
  clearTimeout(timer);
}

async function takeOver(workers: Workers | undefined): Promise<void> {
  const registration = await workers?.getRegistration();
  if (!workers || !registration) return;
  const taken = new Promise<void>((done) => workers.addEventListener("controllerchange", () => done(), { once: true }));
  // It may wait already, also when nobody answers now.
  await registration.update().catch(() => undefined);
  const next = registration.installing ?? registration.waiting;
  if (!next) return;
  const failed = new Promise<void>((done) =>
    next.addEventListener("statechange", () => {
      if (next.state === "redundant") done();
    }),
  );
  next.postMessage({ type: "SKIP_WAITING" }, []);
  await Promise.race([taken, failed]);
}

let loading = false;

/** The page is about to be another: what fails until then is not worth telling. */
export const isLoadingAnew = () => loading;

export async function loadAnew(): Promise<void> {
  if (loading) return;
  loading = true;
  // Not there on a page that came over plain HTTP.
  await takeNewest("serviceWorker" in navigator ? navigator.serviceWorker : undefined);
  window.location.reload();
}
