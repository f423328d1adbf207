// Reads single orders: a few at a time, each once, and never an unbounded number.

import type { Environment, Timer } from "../core/environment.js";

export interface OrderReader {
  /** Resolves when the order was read or could not be read. */
  read: (id: string) => Promise<void>;
  /** Reads the order when the rate limit allows it. */
  readInBackground: (id: string) => void;
  /** Whether the order is queued by `read`, or being read. */
  isReading: (id: string) => boolean;
  clear: () => void;
}

const MAX_CONCURRENT = 4;
/** Orders that may wait. Beyond this the lists are read again instead. */
const MAX_WAITING = 500;
/** Background reads per second: lists and rows of a busy store must not cause a request for each event. */
const BACKGROUND_PER_SECOND = 5;

export function createReader(
  environment: Pick<Environment, "now" | "setTimeout" | "clearTimeout">,
  fetch: (id: string) => Promise<unknown>,
  { onOverflow, onRead }: { onOverflow: () => void; onRead: (id: string) => void },
): OrderReader {
  const waiting = new Map<string, { done: Promise<void>; resolve: () => void }>();
  const running = new Set<string>();
  const background = new Set<string>();
  /** When the latest background reads began. */
  let began: number[] = [];
  let timer: Timer | undefined;

  function next(): void {
    for (const [id, { resolve }] of waiting) {
      if (running.size >= MAX_CONCURRENT) return;
      // Requested while it is being read: that response may be older than the latest event, so it is read once more.
      if (running.has(id)) continue;
      waiting.delete(id);
      void run(id).then(resolve);
    }
  }

  async function run(id: string): Promise<void> {
    running.add(id);
    // A failed read is repeated after the next event, or when the connection is back.
    await fetch(id).catch(() => undefined);
    running.delete(id);
    onRead(id);
    next();
  }

  function read(id: string): Promise<void> {
    background.delete(id);
    const known = waiting.get(id);
    if (known !== undefined) return known.done;
    if (waiting.size >= MAX_WAITING) {
      onOverflow();
      return Promise.resolve();
    }
    let resolve: () => void = () => undefined;
    const done = new Promise<void>((settle) => {
      resolve = settle;
    });
    waiting.set(id, { done, resolve });
    // Requests of the same moment become one read.
    queueMicrotask(next);
    return done;
  }

  function nextInBackground(): void {
    timer = undefined;
    for (const id of background) {
      const now = environment.now();
      began = began.filter((at) => now - at < 1000);
      if (began.length >= BACKGROUND_PER_SECOND) {
        timer = environment.setTimeout(nextInBackground, 1000 - (now - (began[0] ?? now)));
        return;
      }
      began.push(now);
      void read(id);
    }
  }

  return {
    read,
    readInBackground(id) {
      if (background.size >= MAX_WAITING || waiting.has(id)) return;
      background.add(id);
      if (timer === undefined) nextInBackground();
    },
    isReading: (id) => waiting.has(id) || running.has(id),
    clear() {
      environment.clearTimeout(timer);
      timer = undefined;
      background.clear();
      for (const { resolve } of waiting.values()) resolve();
      waiting.clear();
    },
  };
}
