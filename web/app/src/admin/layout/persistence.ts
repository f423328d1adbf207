// Values stored in this browser. Where storage is not available, nothing is persisted.

export function persist(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {}
}

export function readPersisted(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Calls `listener` with the new value when another tab changes it. */
export function onPersistedChange(key: string, listener: (value: string | null) => void): () => void {
  const follow = (event: StorageEvent) => {
    if (event.key === key) listener(event.newValue);
  };
  window.addEventListener("storage", follow);
  return () => window.removeEventListener("storage", follow);
}
