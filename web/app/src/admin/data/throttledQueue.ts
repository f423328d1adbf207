/** Time between two rounds. */
export const ROUND_MS = 2_500;
/** Tasks per round. */
export const MAX_PER_ROUND = 20;

export interface ThrottledQueue {
  /** Adds a task. A waiting task with the same key is replaced. */
  add: (key: string, task: () => Promise<void>) => void;
  /** Adds the tasks that failed. */
  retryFailed: () => void;
  clear: () => void;
}

/**
 * Runs tasks at a bounded rate: at once when idle, and otherwise in rounds. However many events arrive, they cause at most
 * `MAX_PER_ROUND` requests every `ROUND_MS`.
 */
export function createThrottledQueue(afterDelay: (run: () => void, ms: number) => void): ThrottledQueue {
  const waiting = new Map<string, () => Promise<void>>();
  const failed = new Map<string, () => Promise<void>>();
  let isResting = false;

  function runRound(): void {
    if (isResting || waiting.size === 0) return;
    isResting = true;
    const round = [...waiting].slice(0, MAX_PER_ROUND);
    for (const [key] of round) waiting.delete(key);
    const results = round.map(([key, task]) => task().catch(() => failed.set(key, task)));
    void Promise.all(results).then(() =>
      afterDelay(() => {
        isResting = false;
        runRound();
      }, ROUND_MS),
    );
  }

  return {
    add(key, task) {
      failed.delete(key);
      waiting.set(key, task);
      // Events that arrive together share a round.
      queueMicrotask(runRound);
    },
    retryFailed() {
      for (const [key, task] of failed) waiting.set(key, task);
      failed.clear();
      runRound();
    },
    clear() {
      waiting.clear();
      failed.clear();
    },
  };
}
