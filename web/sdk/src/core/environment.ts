// Everything that the client takes from the environment around it, so that a test can hand in another environment.

export type Timer = ReturnType<typeof setTimeout>;

export interface Environment {
  /** Milliseconds since 1970. */
  now: () => number;
  /** From 0 up to 1. */
  random: () => number;
  setTimeout: (run: () => void, ms: number) => Timer;
  clearTimeout: (timer: Timer | undefined) => void;
  fetch: typeof fetch;
  /** Runs it with the next frame, or soon where nothing is drawn. */
  requestFrame: (run: () => void) => void;
  isVisible: () => boolean;
  isOnline: () => boolean;
  /** Calls when the page was shown or hidden, or the network came or went. */
  onPageStateChange: (listener: () => void) => () => void;
  /** Calls when the page may be about to go. */
  onPageHide: (listener: () => void) => () => void;
  /** Calls when another window wrote to the kept storage. */
  onStorage: (listener: (key: string) => void) => () => void;
}

/** Frames are not drawn in a hidden window, and events have to be taken over all the same. */
const FRAME_AT_LATEST = 100;

/** A browser's, or that of whatever runs JavaScript: nothing here fails on a server. */
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
