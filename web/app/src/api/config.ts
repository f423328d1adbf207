import { useQuery } from "@tanstack/react-query";

import { Problem, request } from "./http";

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
  liveUrl: null,
  testPayment: false,
};

async function load(): Promise<ShopConfig> {
  try {
    return { ...UNKNOWN, ...(await request<Partial<ShopConfig>>("GET", "/api/v1/config")) };
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return UNKNOWN;
    throw error;
  }
}

/** The deployment's own settings; sensible ones until they are there. */
export function useConfig(): ShopConfig {
  return useQuery({ queryKey: ["config"], queryFn: load, staleTime: Infinity }).data ?? UNKNOWN;
}
