// Reads a browser trace.

import { readFile } from "node:fs/promises";

/** The longest task of the busiest renderer main thread, in milliseconds. */
export async function longestTask(file) {
  const { traceEvents } = JSON.parse(await readFile(file, "utf8"));
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = new Map();
  for (const { name, ph, pid, tid, dur } of traceEvents) {
    const thread = `${pid} ${tid}`;
    if (ph !== "X" || !name.endsWith("RunTask") || !main.has(thread)) continue;
    const { longest = 0, all = 0 } = tasks.get(thread) ?? {};
    tasks.set(thread, { longest: Math.max(longest, dur / 1000), all: all + dur });
  }
  const busiest = [...tasks.values()].sort((a, b) => b.all - a.all)[0];
  if (!busiest) throw new Error(`${file} has no task of a page's main thread`);
  return busiest.longest;
}
