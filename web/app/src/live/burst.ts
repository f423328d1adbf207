/** How many of a crowd are told one by one, and within what time. */
const MOST = 4;
const WITHIN = 3000;

/** Counts what comes too fast to be read: a busy store's console is no fireworks. */
export class Burst {
  /** What was told, and when. */
  #told = new Map<string, number>();
  #more = 0;

  /** Of something that happens now: 0 if it is to be told itself, else how many were not since. What is told anew takes no more room. */
  more(now: number, id: string): number {
    for (const [told, at] of this.#told) if (now - at >= WITHIN) this.#told.delete(told);
    if (this.#told.has(id)) return 0;
    if (this.#told.size >= MOST) {
      this.#more += 1;
      return this.#more;
    }
    this.#told.set(id, now);
    this.#more = 0;
    return 0;
  }
}
