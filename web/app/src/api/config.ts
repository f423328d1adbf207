import { OrdercastProblem } from "@ordercast/client";
import { useSyncExternalStore } from "react";

import { request } from "./http";

export interface DemoAccount {
  name: string;
  email: string;
  password: string;
  role: string;
}

/** What the deployment says of itself, to everybody. */
export interface ShopConfig {
  storeName: string;
  storeId: string;
  currency: string;
  timeZone: string;
  demo: boolean;
  demoAccounts: DemoAccount[];
  tiles: { url: string; attribution: string } | null;
  /** Other hosts whose pictures pages may show. */
  imageOrigins: string[];
  liveUrl: string | null;
  testPayment: boolean;
}

/** Of a server that does not say. */
const UNKNOWN: ShopConfig = {
  storeName: "Ordercast",
  storeId: "main",
  currency: "EUR",
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  demo: false,
  demoAccounts: [],
  tiles: null,
  imageOrigins: [],
  liveUrl: null,
  testPayment: false,
};

const KEY = "ordercast.config";
// A first visit waits this long for them, and then goes on without.
const PATIENCE = 4000;
const listeners = new Set<() => void>();
let config = UNKNOWN;

function kept(): ShopConfig | undefined {
  try {
    const text = localStorage.getItem(KEY);
    const found: unknown = text && JSON.parse(text);
    return found && typeof found === "object" ? { ...UNKNOWN, ...found } : undefined;
  } catch {
    return undefined;
  }
}

async function refresh(): Promise<void> {
  let told: Partial<ShopConfig> = {};
  try {
    told = await request<Partial<ShopConfig>>("GET", "/api/v1/config", { signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    // A server that has no such page is one that does not say; one that cannot be reached said it last time.
    if (!(error instanceof OrdercastProblem && error.status === 404)) return;
  }
  const text = JSON.stringify(told);
  try {
    if (localStorage.getItem(KEY) === text) return;
    localStorage.setItem(KEY, text);
  } catch {
    // Storage is refused: it is asked each time.
  }
  config = { ...UNKNOWN, ...told };
  for (const listener of listeners) listener();
}

/** Reads the settings before the first paint: those of the last visit at once, and only on a first visit the server's answer. */
export async function loadConfig(): Promise<ShopConfig> {
  const last = kept();
  if (last) config = last;
  const fresh = refresh();
  if (!last) await fresh;
  return config;
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** The deployment's own settings. */
export function useConfig(): ShopConfig {
  return useSyncExternalStore(subscribe, () => config);
}
