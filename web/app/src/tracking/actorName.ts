import type { Account, Actor } from "@ordercast/client";

const ORIGIN_NAMES: Record<Actor["origin"], string> = {
  customer: "The customer",
  staff: "The store",
  driver: "The driver",
  gateway: "Payment provider",
  system: "Automatic",
  outside: "Another system",
};

/** The name of the person or system behind an event; "You" for the viewer. */
export function actorName(actor: Actor, viewer: Pick<Account, "id"> | undefined): string {
  if (actor.id && actor.id === viewer?.id) return "You";
  return actor.name ?? ORIGIN_NAMES[actor.origin];
}
