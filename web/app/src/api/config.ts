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
  /** Minor-unit digits by currency; 2 where a currency is missing. */
  currencyDigits: Record<string, number>;
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

/** Defaults for settings that another version stored. `currencyDigits` has none: wrong digits would make every price wrong. */
const DEFAULTS: Omit<ShopConfig, "currencyDigits"> = {
  storeName: "Ordercast",
  storeId: "main",
  currency: "EUR",
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
/** How long one attempt to read the settings may take. */
const TIMEOUT_MS = 4000;
/** Milliseconds between two attempts to read the settings: before the first paint, and later. */
const FIRST_RETRY_MS = 1000;
const RETRY_MS = 10_000;
const listeners = new Set<() => void>();
let config: ShopConfig | undefined;

function completed(value: Partial<ShopConfig> | null | undefined): ShopConfig | undefined {
  if (!value?.currencyDigits) return undefined;
  return { ...DEFAULTS, ...value, currencyDigits: value.currencyDigits };
}

function apply(next: ShopConfig) {
  config = next;
  setCurrencyDigits(next.currencyDigits);
}

/** Reads the settings from the server; undefined if it does not answer. */
async function read(): Promise<ShopConfig | undefined> {
  try {
    const response = await fetch(`${basePath}/api/v1/config`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? completed((await response.json()) as Partial<ShopConfig>) : undefined;
  } catch {
    return undefined;
  }
}

async function refresh(): Promise<void> {
  const received = await read();
  if (received === undefined) return void setTimeout(() => void refresh(), RETRY_MS);
  if (JSON.stringify(config) === JSON.stringify(received)) return;
  persistence.write(NAME, received);
  apply(received);
  for (const listener of listeners) listener();
}

/** Reads the settings until the server answers. */
async function firstRead(onWaiting: () => void): Promise<ShopConfig> {
  for (;;) {
    const received = await read();
    if (received !== undefined) return received;
    onWaiting();
    await new Promise((resolve) => setTimeout(resolve, FIRST_RETRY_MS));
  }
}

/**
 * Loads the settings before the first paint: the settings of the last visit, or those of the server on a first visit.
 * `onWaiting` is called after each attempt that the server did not answer.
 */
export async function loadConfig(onWaiting: () => void): Promise<ShopConfig> {
  const persisted = completed(persistence.read<Partial<ShopConfig> | null>(NAME));
  if (persisted) {
    apply(persisted);
    void refresh();
    return persisted;
  }
  const received = await firstRead(onWaiting);
  persistence.write(NAME, received);
  apply(received);
  return received;
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** The deployment's settings. */
export function useConfig(): ShopConfig {
  const loaded = useSyncExternalStore(subscribe, () => config);
  if (!loaded) throw new Error("the app was shown before loadConfig");
  return loaded;
}
