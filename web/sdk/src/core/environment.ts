// Everything the client takes from the browser, so that tests can provide their own.

export type Timer = ReturnType<typeof setTimeout>;

export interface Environment {
  /** Milliseconds since 1970. */
  now: () => number;
  /** At least 0, below 1. */
  random: () => number;
  setTimeout: (run: () => void, ms: number) => Timer;
  clearTimeout: (timer: Timer | undefined) => void;
  fetch: typeof fetch;
  /** Runs the callback with the next frame; after 16 ms where nothing is drawn. */
  requestFrame: (run: () => void) => void;
  isVisible: () => boolean;
  isOnline: () => boolean;
  /** The page was shown or hidden, or the network came or went. Returns how to remove the listener. */
  onPageStateChange: (listener: () => void) => () => void;
  /** The page may be about to be closed. */
  onPageHide: (listener: () => void) => () => void;
  /** Another window wrote this key of the storage. */
  onStorage: (listener: (key: string) => void) => () => void;
}

/** Milliseconds after which a frame is not waited for any longer: hidden windows draw none, but events must still be processed. */
const FRAME_AT_LATEST = 100;

/** The environment of a browser or any other JavaScript runtime. Nothing here fails on a server. */
export function browserEnvironment(): Environment {
  const page = typeof document === "undefined" ? undefined : document;
  const frame = typeof window === "undefined" ? undefined : window;
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer),
    fetch: (input, init) => fetch(input, init),
    requestFrame: (run) => {
      if (page === undefined || page.hidden || typeof requestAnimationFrame !== "function") {
        setTimeout(run, 16);
        return;
      }
      let done = false;
      const once = () => {
        if (done) return;
        done = true;
        cancelAnimationFrame(drawn);
        clearTimeout(late);
        run();
      };
      const drawn = requestAnimationFrame(once);
      const late = setTimeout(once, FRAME_AT_LATEST);
    },
    isVisible: () => page?.visibilityState !== "hidden",
    isOnline: () => typeof navigator === "undefined" || navigator.onLine !== false,
    onPageStateChange: (listener) =>
      all(on(page, "visibilitychange", listener), on(frame, "online", listener), on(frame, "offline", listener)),
    onPageHide: (listener) =>
      all(
        on(frame, "pagehide", listener),
        on(page, "visibilitychange", () => {
          if (page?.visibilityState === "hidden") listener();
        }),
      ),
    onStorage: (listener) =>
      on(frame, "storage", (event) => {
        if (event instanceof StorageEvent && event.key !== null) listener(event.key);
      }),
  };
}

function on(target: EventTarget | undefined, name: string, listener: (event: Event) => void): () => void {
  target?.addEventListener(name, listener);
  return () => target?.removeEventListener(name, listener);
}

function all(...stops: (() => void)[]): () => void {
  return () => {
    for (const stop of stops) stop();
  };
}
