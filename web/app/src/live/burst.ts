/** How many of a crowd are told one by one, and within what time. */
const MOST = 4;
const WITHIN = 3000;

/** Counts what comes too fast to be read: a busy store's console is no fireworks. */
export class Burst {
  #told: number[] = [];
  #more = 0;

  /** Of something that happens now: 0 if it is to be told itself, else how many were not since. */
  more(now: number): number {
    this.#told = this.#told.filter((at) => now - at < WITHIN);
    if (this.#told.length >= MOST) {
      this.#more += 1;
      return this.#more;
    }
    this.#told.push(now);
    this.#more = 0;
    return 0;
  }
}
