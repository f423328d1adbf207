/** At most `MAX_TOASTS` toasts are shown within `WINDOW_MS`. */
const MAX_TOASTS = 4;
const WINDOW_MS = 3000;

/** Limits how many toasts are shown; the rest are counted. */
export class ToastLimiter {
  /** Shown ids and their times. */
  #shown = new Map<string, number>();
  #overflow = 0;

  /**
   * Returns 0 when the toast is to be shown, otherwise how many were suppressed since the last shown one. An id that is
   * already shown is replaced and takes no further slot.
   */
  overflow(now: number, id: string): number {
    for (const [shownId, at] of this.#shown) if (now - at >= WINDOW_MS) this.#shown.delete(shownId);
    if (this.#shown.has(id)) return 0;
    if (this.#shown.size >= MAX_TOASTS) {
      this.#overflow += 1;
      return this.#overflow;
    }
    this.#shown.set(id, now);
    this.#overflow = 0;
    return 0;
  }
}
