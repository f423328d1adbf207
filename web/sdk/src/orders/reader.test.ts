import { describe, expect, test } from "vitest";
import { createFakeEnvironment, settle } from "../../tests/support/environment.js";
import { createReader } from "./reader.js";

/** A reader over a server that answers when the test says so. */
function setUp() {
  const requested: string[] = [];
  const answers: (() => void)[] = [];
  const environment = createFakeEnvironment();
  let overflows = 0;
  const fetch = (id: string) => {
    requested.push(id);
    return new Promise<void>((resolve) => answers.push(resolve));
  };
  const reader = createReader(environment, fetch, {
    onOverflow: () => (overflows += 1),
    onRead: () => undefined,
  });
  const answer = async () => {
    answers.shift()?.();
    await settle();
  };
  return { environment, reader, requested, answer, overflows: () => overflows };
}

describe("single orders", () => {
  test("are read once however often they are requested at the same time, and a few at a time", async () => {
    const { reader, requested, answer } = setUp();
    for (const id of ["a", "a", "b", "c", "d", "e", "a"]) void reader.read(id);
    await settle();
    expect(requested).toEqual(["a", "b", "c", "d"]);
    await answer();
    expect(requested).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("are read once more when requested while being read, because that response may be older", async () => {
    const { reader, requested, answer } = setUp();
    const seen: string[] = [];
    void reader.read("a").then(() => seen.push("first"));
    await settle();
    for (let times = 0; times < 3; times += 1) void reader.read("a").then(() => seen.push("again"));
    await settle();
    expect(requested).toEqual(["a"]);
    await answer();
    expect(requested).toEqual(["a", "a"]);
    expect(seen).toEqual(["first"]);
    await answer();
    expect(seen).toEqual(["first", "again", "again", "again"]);
    expect(requested).toEqual(["a", "a"]);
  });

  test("beyond the queue limit are read with the lists, and clearing the queue resolves all promises", async () => {
    const { reader, overflows } = setUp();
    let done = 0;
    for (let n = 0; n < 510; n += 1) void reader.read(`order-${n}`).then(() => (done += 1));
    expect(overflows()).toBe(10);
    await settle();
    reader.clear();
    await settle();
    expect(done, "all but the four that are being read").toBe(506);
  });
});
