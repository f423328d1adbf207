import type { Account, Actor } from "@ordercast/client";

const SIDES: Record<Actor["origin"], string> = {
  customer: "The customer",
  staff: "The store",
  driver: "The driver",
  gateway: "Payment provider",
  system: "Automatic",
  outside: "The store’s other system",
};

/** Who did something, as the person who reads it would say. */
export function whoDid(actor: Actor, reader: Pick<Account, "id"> | undefined): string {
  if (actor.id && actor.id === reader?.id) return "You";
  return actor.name ?? SIDES[actor.origin];
}
