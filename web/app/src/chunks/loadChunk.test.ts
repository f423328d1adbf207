import { describe, expect, it, vi } from "vitest";
import { isWaitingForChunk, loadChunk, onChunkWaiting, type ChunkEnvironment } from "./loadChunk";

/** A server that is away for the first `failures` attempts. */
function setUp(failures: number, more: Partial<ChunkEnvironment> = {}) {
  const attempts = { load: 0 };
  const environment = {
    isServerThere: vi.fn<ChunkEnvironment["isServerThere"]>(async () => false),
    pause: vi.fn<ChunkEnvironment["pause"]>(async () => undefined),
    repairStyles: vi.fn<ChunkEnvironment["repairStyles"]>(async () => undefined),
    reload: vi.fn<ChunkEnvironment["reload"]>(() => true),
    ...more,
  };
  const load = async () => {
    attempts.load += 1;
    if (attempts.load <= failures) throw new TypeError("Failed to fetch dynamically imported module");
    return "page";
  };
  return { environment, attempts, load };
}

describe("code that cannot be loaded", () => {
  it("is loaded when the server is back, and a page can say so meanwhile", async () => {
    const seen: boolean[] = [];
    const stop = onChunkWaiting(() => seen.push(isWaitingForChunk()));
    const { environment, attempts, load } = setUp(5);
    expect(await loadChunk(load, environment)).toBe("page");
    expect(attempts.load).toBe(6);
    expect(environment.pause).toHaveBeenCalledTimes(5);
    expect(environment.repairStyles).toHaveBeenCalledTimes(5);
    expect(environment.reload).not.toHaveBeenCalled();
    expect([seen, isWaitingForChunk()]).toEqual([[true, false], false]);
    stop();
  });

  it("is not waited for where it loads at once", async () => {
    const { environment, load } = setUp(0);
    expect(await loadChunk(load, environment)).toBe("page");
    expect(environment.pause).not.toHaveBeenCalled();
  });

  it("reloads the page when the server answers and the file is gone: it was upgraded", async () => {
    const { environment, load } = setUp(Infinity, {
      isServerThere: vi.fn<ChunkEnvironment["isServerThere"]>(async () => true),
    });
    void loadChunk(load, environment);
    await vi.waitFor(() => expect(environment.reload).toHaveBeenCalledTimes(1));
  });

  it("is waited for when the page was reloaded for it just before: a proxy may refuse some requests for a while", async () => {
    const { environment, attempts, load } = setUp(5, { isServerThere: async () => true, reload: () => false });
    expect(await loadChunk(load, environment)).toBe("page");
    expect(attempts.load).toBe(6);
    expect(isWaitingForChunk()).toBe(false);
  });
});
