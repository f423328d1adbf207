// Values that the app stores in this browser. Without storage, reads return undefined and writes are lost.

import { createPersistence, type KeyValueStorage } from "@ordercast/client";

import { basePath } from "./basePath";

/** Shops under other paths of the same host share the storage. `public/theme.js` has the same prefix. */
const PREFIX = `ordercast${basePath}.`;

/** Looks the storage up on each use: where the browser forbids it, that throws, and `createPersistence` handles it. */
function lazy(find: () => KeyValueStorage): KeyValueStorage {
  return {
    getItem: (key) => find().getItem(key),
    setItem: (key, value) => find().setItem(key, value),
    removeItem: (key) => find().removeItem(key),
  };
}

/** Stores strings as they are, without JSON quotes: `public/theme.js` reads one of them. */
function plainText(storage: KeyValueStorage): KeyValueStorage {
  return {
    ...storage,
    getItem(key) {
      const text = storage.getItem(key);
      return text === null ? null : JSON.stringify(text);
    },
    setItem: (key, json) => storage.setItem(key, String(JSON.parse(json))),
  };
}

const local = lazy(() => localStorage);

/** JSON values, shared by all tabs. */
export const persistence = createPersistence(PREFIX, local);
/** Strings, shared by all tabs. */
export const textPersistence = createPersistence(PREFIX, plainText(local));
/** JSON values of this tab. */
export const tabPersistence = createPersistence(
  PREFIX,
  lazy(() => sessionStorage),
);

/** Calls `listener` when another tab changes or clears the value. */
export function onPersistedChange(name: string, listener: () => void): () => void {
  const onStorage = ({ key }: StorageEvent) => {
    if (key === null || key === PREFIX + name) listener();
  };
  window.addEventListener("storage", onStorage);
  return () => window.removeEventListener("storage", onStorage);
}
