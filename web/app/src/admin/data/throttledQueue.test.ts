import { describe, expect, it } from "vitest";
import { createThrottledQueue, MAX_PER_ROUND, ROUND_MS } from "./throttledQueue";

function createTestQueue() {
  const timers: { run: () => void; ms: number }[] = [];
  const ran: string[] = [];
  const queue = createThrottledQueue((run, ms) => void timers.push({ run, ms }));
  const settled = () => new Promise<void>((done) => setTimeout(done));
  return {
    ran,
    timers,
    settled,
    add(...keys: string[]) {
      for (const key of keys) queue.add(key, async () => void ran.push(key));
      return settled();
    },
    async nextRound() {
      for (const { run } of timers.splice(0)) run();
      await settled();
    },
    queue,
  };
}

describe("the throttled queue", () => {
  it("runs the first tasks at once, and later ones after a pause", async () => {
    const { add, ran, timers, nextRound } = createTestQueue();
    await add("a", "b");
    expect(ran).toEqual(["a", "b"]);
    await add("c");
    expect(ran).toEqual(["a", "b"]);
    expect(timers.map(({ ms }) => ms)).toEqual([ROUND_MS]);
    await nextRound();
    expect(ran).toEqual(["a", "b", "c"]);
  });

  it("runs a task once, however often it was added meanwhile", async () => {
    const { add, ran, nextRound } = createTestQueue();
    await add("a");
    await add("a", "b", "a");
    await nextRound();
    expect(ran).toEqual(["a", "a", "b"]);
  });

  it("runs a bounded number of tasks per round", async () => {
    const { add, ran, nextRound } = createTestQueue();
    await add(...Array.from({ length: MAX_PER_ROUND + 5 }, (_, index) => String(index)));
    expect(ran).toHaveLength(MAX_PER_ROUND);
    await nextRound();
    expect(ran).toHaveLength(MAX_PER_ROUND + 5);
  });

  it("continues after a task that failed, and is idle after an empty round", async () => {
    const { queue, add, ran, nextRound, settled } = createTestQueue();
    queue.add("broken", () => Promise.reject(new Error("offline")));
    await settled();
    await nextRound();
    await add("a");
    expect(ran).toEqual(["a"]);
  });

  it("repeats failed tasks on request, each once, unless they were added again", async () => {
    const { queue, add, ran, nextRound, settled } = createTestQueue();
    const offline = (key: string) => {
      queue.add(key, () => Promise.reject(new Error("offline")));
    };
    offline("a");
    offline("b");
    await settled();
    await add("b");
    let attempts = 0;
    queue.add("c", async () => {
      attempts += 1;
      if (attempts === 1) throw new Error("offline");
    });
    await nextRound();
    await nextRound();
    expect([ran, attempts]).toEqual([["b"], 1]);
    queue.retryFailed();
    await settled();
    expect([ran, attempts]).toEqual([["b"], 2]);
    await nextRound();
    queue.retryFailed();
    await settled();
    expect(attempts).toBe(2);
  });
});
