// The orders that somebody looked at last, kept on this device for when nobody answers.

import type { Persistence } from "../core/persistence.js";
import type { Account, Order, TimelineEvent } from "../model.js";

/** The last state known on this device. */
export interface PersistedOrder {
  order: Order;
  timeline: readonly TimelineEvent[];
  at: number;
}

export interface PersistedOrders {
  recall: (ref: string) => PersistedOrder | undefined;
  remember: (kept: PersistedOrder) => void;
  /** What is kept belongs to a person, and goes when they do. */
  forget: (account: Account) => void;
}

/** Orders whose last state is kept. */
const MAX_ORDERS = 5;

export function createPersistedOrders(persistence: Persistence, account: () => Account | null): PersistedOrders {
  const nameOf = ({ id }: Account) => `orders:${id}`;

  function all(who: Account | null): readonly PersistedOrder[] {
    return (who === null ? undefined : persistence.read<PersistedOrder[]>(nameOf(who))) ?? [];
  }

  return {
    recall: (ref) => all(account()).find(({ order }) => order.id === ref || order.number === ref),
    remember(kept) {
      const who = account();
      if (who !== null)
        persistence.write(
          nameOf(who),
          [kept, ...all(who).filter(({ order }) => order.id !== kept.order.id)].slice(0, MAX_ORDERS),
        );
    },
    forget: (who) => persistence.remove(nameOf(who)),
  };
}
