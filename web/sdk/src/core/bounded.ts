// Collections with a limit, so that a window that stays open for weeks does not grow.

/** A set that drops its oldest value when it is full. */
export class BoundedSet<Value> {
  readonly #values = new Set<Value>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  has(value: Value): boolean {
    return this.#values.has(value);
  }

  /** Returns whether the value is new. */
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

/** A map that drops the least recently used entries when it is full. */
export class LruMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #limit: number;
  readonly #mayEvict: (value: Value) => boolean;

  /** Values that `mayEvict` rejects stay, also beyond the limit. */
  constructor(limit: number, mayEvict: (value: Value) => boolean = () => true) {
    this.#limit = limit;
    this.#mayEvict = mayEvict;
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
    for (const [oldest, candidate] of this.#entries) {
      if (oldest === key || !this.#mayEvict(candidate)) continue;
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
