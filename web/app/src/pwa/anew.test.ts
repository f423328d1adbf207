import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { takeNewest } from "./anew";

class Worker extends EventTarget {
  state = "installed";
  told: unknown[] = [];
  constructor(readonly onTold: (worker: Worker) => void = () => {}) {
    super();
  }
  postMessage(message: unknown) {
    this.told.push(message);
    this.onTold(this);
  }
}

/** A browser with what `update` finds. */
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

describe("loading the app anew", () => {
  it.each(["waiting", "installing"] as const)("lets the worker that is %s take over first", async (stage) => {
    const worker = new Worker();
    const workers = browser({ [stage]: worker });
    const done = await isDone(takeNewest(workers));
    expect(worker.told).toEqual([{ type: "SKIP_WAITING" }]);
    expect(done()).toBe(false);
    workers.dispatchEvent(new Event("controllerchange"));
    await vi.advanceTimersByTimeAsync(0);
    expect(done()).toBe(true);
  });

  it("takes the one that waits also when nobody answers", async () => {
    const workers = browser({ waiting: new Worker(() => workers.dispatchEvent(new Event("controllerchange"))) }, () =>
      Promise.reject(new TypeError("away")),
    );
    expect((await isDone(takeNewest(workers)))()).toBe(true);
  });

  it("waits for none where there is none", async () => {
    expect((await isDone(takeNewest(undefined)))()).toBe(true);
    expect((await isDone(takeNewest(browser({}))))()).toBe(true);
  });

  it("does not wait for one that fails", async () => {
    const failing = new Worker((worker) => {
      worker.state = "redundant";
      worker.dispatchEvent(new Event("statechange"));
    });
    expect((await isDone(takeNewest(browser({ installing: failing }))))()).toBe(true);
  });

  it("waits for ten seconds at most", async () => {
    const done = await isDone(takeNewest(browser({ waiting: new Worker() })));
    const hanging = await isDone(takeNewest(browser({}, () => new Promise(() => {}))));
    await vi.advanceTimersByTimeAsync(10_000);
    expect([done(), hanging()]).toEqual([true, true]);
  });
});
