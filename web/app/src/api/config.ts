import { useSyncExternalStore } from "react";

import { basePath } from "../basePath";
import { persistence } from "../persistence";
import { setCurrencyDigits } from "../ui/money";

export interface DemoAccount {
  name: string;
  email: string;
  password: string;
  role: string;
}

/** The deployment's public settings. */
export interface ShopConfig {
  storeName: string;
  storeId: string;
  currency: string;
  /** Minor-unit digits by currency; 2 where a currency is missing. Null: the server does not say. */
  currencyDigits: Record<string, number> | null;
  timeZone: string;
  /** Where the store is, if that is configured. */
  location: { latitude: number; longitude: number } | null;
  demo: boolean;
  demoAccounts: DemoAccount[];
  tiles: { url: string; attribution: string } | null;
  /** Other hosts from which pages may show pictures. */
  imageOrigins: string[];
  liveUrl: string | null;
  testPayment: boolean;
}

/** Used when the server has no settings endpoint. */
const DEFAULTS: ShopConfig = {
  storeName: "Ordercast",
  storeId: "main",
  currency: "EUR",
  currencyDigits: null,
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  location: null,
  demo: false,
  demoAccounts: [],
  tiles: null,
  imageOrigins: [],
  liveUrl: null,
  testPayment: false,
};

const NAME = "config";
// How long a first visit waits for the settings before it continues with the defaults.
const TIMEOUT_MS = 4000;
/** Time between two attempts to read the settings. */
const RETRY_MS = 10_000;
const listeners = new Set<() => void>();
let config = DEFAULTS;

function persistedConfig(): ShopConfig | undefined {
  const value = persistence.read<Partial<ShopConfig> | null>(NAME);
  // Settings of an older version lack the digits, and without them prices would be wrong.
  return value?.currencyDigits ? { ...DEFAULTS, ...value } : undefined;
}

function apply(next: ShopConfig) {
  config = next;
  setCurrencyDigits(next.currencyDigits);
}

async function refresh(): Promise<void> {
  if (!(await read())) setTimeout(() => void refresh(), RETRY_MS);
}

/** Returns whether there was an answer. */
async function read(): Promise<boolean> {
  let received: Partial<ShopConfig>;
  try {
    const response = await fetch(`${basePath}/api/v1/config`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    // A 404 means the server has no settings endpoint. For any other error keep the persisted settings.
    if (!response.ok && response.status !== 404) return false;
    received = response.ok ? ((await response.json()) as Partial<ShopConfig>) : {};
  } catch {
    return false;
  }
  if (JSON.stringify(persistence.read(NAME)) === JSON.stringify(received)) return true;
  persistence.write(NAME, received);
  apply({ ...DEFAULTS, ...received });
  for (const listener of listeners) listener();
  return true;
}

/** Loads the settings before the first paint: from the last visit if there was one, otherwise from the server. */
export async function loadConfig(): Promise<ShopConfig> {
  const persisted = persistedConfig();
  if (persisted) apply(persisted);
  const refreshed = refresh();
  if (!persisted) await refreshed;
  return config;
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** The deployment's settings. */
export function useConfig(): ShopConfig {
  return useSyncExternalStore(subscribe, () => config);
}
