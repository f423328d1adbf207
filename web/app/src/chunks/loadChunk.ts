// Loads code on demand. A chunk that cannot be loaded is tried again when the server is back: the page that needs it opens
// by itself, and the rest of the app keeps working meanwhile.

import { basePath } from "../basePath";
import { isReloading, reloadApp } from "../pwa/reload";
import { tabPersistence } from "../persistence";

const RETRY_MS = 3000;
const NAME = "reloaded";
const MIN_RELOAD_INTERVAL_MS = 60_000;

export interface ChunkEnvironment {
  /** Whether the server answers. */
  isServerThere: () => Promise<boolean>;
  /** Resolves when another attempt may succeed. */
  pause: () => Promise<void>;
  /** Loads style sheets again that could not be loaded: Vite requests each of them once. */
  repairStyles: () => Promise<void>;
  /** Reloads the page in its newest version; false when that was tried a moment ago. */
  reload: () => boolean;
}

let waiting = 0;
const listeners = new Set<() => void>();

/** Whether code is missing that cannot be loaded at the moment. */
export const isWaitingForChunk = () => waiting > 0;

export function onChunkWaiting(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function changeWaiting(by: number) {
  waiting += by;
  for (const listener of listeners) listener();
}

/** Calls `load` until it succeeds. Reloads the page once if the server answers but does not have the file. */
export async function loadChunk<Module>(
  load: () => Promise<Module>,
  environment: ChunkEnvironment = BROWSER,
): Promise<Module> {
  const { isServerThere, pause, repairStyles, reload } = environment;
  let isWaiting = false;
  try {
    for (let failures = 0; ; ) {
      try {
        if (failures > 0) await repairStyles();
        const module = await load();
        // Vite resolves without a module when the error was handled elsewhere.
        if (module !== undefined) return module;
      } catch {
        failures += 1;
        if (await isServerThere()) {
          // It may have come back just now.
          if (failures === 1) continue;
          if (reload()) break;
        }
      }
      if (!isWaiting) changeWaiting(1);
      isWaiting = true;
      await pause();
    }
  } finally {
    if (isWaiting) changeWaiting(-1);
  }
  // The server was upgraded while the page was open. Wait for the reload.
  return new Promise<never>(() => undefined);
}

const BROWSER: ChunkEnvironment = {
  async isServerThere() {
    try {
      const url = `${basePath}/api/v1/config`;
      return (await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(RETRY_MS) })).ok;
    } catch {
      return false;
    }
  },
  pause: () =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        removeEventListener("online", done);
        resolve();
      };
      const timer = setTimeout(done, RETRY_MS);
      addEventListener("online", done);
    }),
  async repairStyles() {
    const broken = [...document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')].filter(
      (link) => !link.sheet,
    );
    await Promise.all(
      broken.map(
        (link) =>
          new Promise<void>((resolve, reject) => {
            const again = link.cloneNode() as HTMLLinkElement;
            again.addEventListener("load", () => resolve());
            again.addEventListener("error", () => reject(new Error(`${link.href} could not be loaded`)));
            link.replaceWith(again);
          }),
      ),
    );
  },
  reload() {
    if (isReloading()) return true;
    const lastReload = tabPersistence.read<number>(NAME) ?? 0;
    // Without storage, reloading could repeat forever.
    if (Date.now() - lastReload < MIN_RELOAD_INTERVAL_MS || !tabPersistence.write(NAME, Date.now())) return false;
    void reloadApp();
    return true;
  },
};
