// What somebody typed at the checkout, stored in this tab until the order is placed: a session may end meanwhile.

import type { PaymentMethod } from "@ordercast/client";

import { tabPersistence } from "../../persistence";
import { formOf, type AddressForm } from "./address";

const NAME = "checkout-draft";
const MAX_AGE_MS = 2 * 3_600_000;

export interface Draft {
  address: AddressForm;
  method: PaymentMethod;
}

interface Stored extends Draft {
  accountId: string;
  at: number;
}

function isStored(stored: unknown): stored is Stored {
  if (!stored || typeof stored !== "object") return false;
  const { accountId, at, address, method } = stored as Partial<Stored>;
  const fields: Partial<Record<string, unknown>> | undefined = address;
  return (
    typeof accountId === "string" &&
    typeof at === "number" &&
    (method === "cash_on_delivery" || method === "online") &&
    fields !== undefined &&
    Object.keys(formOf({})).every((field) => typeof fields[field] === "string")
  );
}

/** What this account typed. What another account typed is removed. */
export function readDraft(accountId: string): Draft | undefined {
  const stored = tabPersistence.read<unknown>(NAME);
  if (isStored(stored) && stored.accountId === accountId && Date.now() - stored.at < MAX_AGE_MS) return stored;
  forgetDraft();
  return undefined;
}

export function saveDraft(accountId: string, { address, method }: Draft): void {
  tabPersistence.write(NAME, { accountId, at: Date.now(), address, method } satisfies Stored);
}

/** After the order was placed, or somebody signed out. */
export function forgetDraft(): void {
  tabPersistence.remove(NAME);
}
