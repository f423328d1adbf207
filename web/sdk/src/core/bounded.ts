// Collections that forget the oldest, so that a window that is open for weeks stays as small as on its first day.

/** Remembers the last `limit` values that were added. */
export class RecentSet<Value> {
  readonly #values = new Set<Value>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  has(value: Value): boolean {
    return this.#values.has(value);
  }

  /** Whether it is new. */
  add(value: Value): boolean {
    if (this.#values.has(value)) return false;
    this.#values.add(value);
    if (this.#values.size > this.#limit) {
      for (const oldest of this.#values) {
        this.#values.delete(oldest);
        break;
      }
    }
    return true;
  }

  clear(): void {
    this.#values.clear();
  }
}

/** Remembers what was set or read last. */
export class RecentMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #limit: number;
  readonly #mayGo: (value: Value) => boolean;

  /** `mayGo`: whether a value may be forgotten; those that may not are kept beyond the limit. */
  constructor(limit: number, mayGo: (value: Value) => boolean = () => true) {
    this.#limit = limit;
    this.#mayGo = mayGo;
  }

  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#limit) return;
    for (const [oldest, held] of this.#entries) {
      if (oldest === key || !this.#mayGo(held)) continue;
      this.#entries.delete(oldest);
      if (this.#entries.size <= this.#limit) return;
    }
  }

  delete(key: Key): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  values(): IterableIterator<Value> {
    return this.#entries.values();
  }

  get size(): number {
    return this.#entries.size;
  }
}
