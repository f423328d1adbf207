import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { activateNewestWorker } from "./reload";

class Worker extends EventTarget {
  state = "installed";
  messages: unknown[] = [];
  constructor(readonly onMessage: (worker: Worker) => void = () => {}) {
    super();
  }
  postMessage(message: unknown) {
    this.messages.push(message);
    this.onMessage(this);
  }
}

/** A browser in which `update` finds the given workers. */
function browser(found: { waiting?: Worker; installing?: Worker }, update: () => Promise<void> = async () => {}) {
  const registration = {
    waiting: null as Worker | null,
    installing: null as Worker | null,
    update: () => update().finally(() => Object.assign(registration, found)),
  };
  return Object.assign(new EventTarget(), {
    getRegistration: async () => registration,
  }) as unknown as ServiceWorkerContainer;
}

const isDone = async (promise: Promise<void>) => {
  let done = false;
  void promise.then(() => (done = true));
  await vi.advanceTimersByTimeAsync(0);
  return () => done;
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("activating the newest worker", () => {
  it.each(["waiting", "installing"] as const)("lets the worker that is %s take over first", async (stage) => {
    const worker = new Worker();
    const workers = browser({ [stage]: worker });
    const done = await isDone(activateNewestWorker(workers));
    expect(worker.messages).toEqual([{ type: "SKIP_WAITING" }]);
    expect(done()).toBe(false);
    workers.dispatchEvent(new Event("controllerchange"));
    await vi.advanceTimersByTimeAsync(0);
    expect(done()).toBe(true);
  });

  it("activates a waiting worker even when the server cannot be reached", async () => {
    const workers = browser({ waiting: new Worker(() => workers.dispatchEvent(new Event("controllerchange"))) }, () =>
      Promise.reject(new TypeError("away")),
    );
    expect((await isDone(activateNewestWorker(workers)))()).toBe(true);
  });

  it("does not wait when there is no worker", async () => {
    expect((await isDone(activateNewestWorker(undefined)))()).toBe(true);
    expect((await isDone(activateNewestWorker(browser({}))))()).toBe(true);
  });

  it("does not wait for a worker that fails", async () => {
    const failing = new Worker((worker) => {
      worker.state = "redundant";
      worker.dispatchEvent(new Event("statechange"));
    });
    expect((await isDone(activateNewestWorker(browser({ installing: failing }))))()).toBe(true);
  });

  it("waits for ten seconds at most", async () => {
    const done = await isDone(activateNewestWorker(browser({ waiting: new Worker() })));
    const hanging = await isDone(activateNewestWorker(browser({}, () => new Promise(() => {}))));
    await vi.advanceTimersByTimeAsync(10_000);
    expect([done(), hanging()]).toEqual([true, true]);
  });
});
