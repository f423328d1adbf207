// The orders that were tracked last, persisted on this device for when the server is unreachable.

import type { Persistence } from "../core/persistence.js";
import type { Account, Order, TimelineEvent } from "../model.js";

/** An order as it was last known on this device. */
export interface PersistedOrder {
  order: Order;
  timeline: readonly TimelineEvent[];
  /** When it was current, in milliseconds since 1970. */
  at: number;
}

export interface PersistedOrders {
  find: (idOrNumber: string) => PersistedOrder | undefined;
  save: (persisted: PersistedOrder) => void;
  remove: (account: Account) => void;
}

const MAX_ORDERS = 5;

export function createPersistedOrders(persistence: Persistence, account: () => Account | null): PersistedOrders {
  const nameOf = ({ id }: Account) => `orders:${id}`;

  function all(who: Account | null): readonly PersistedOrder[] {
    return (who === null ? undefined : persistence.read<PersistedOrder[]>(nameOf(who))) ?? [];
  }

  return {
    find: (ref) => all(account()).find(({ order }) => order.id === ref || order.number === ref),
    save(persisted) {
      const who = account();
      if (who === null) return;
      const others = all(who).filter(({ order }) => order.id !== persisted.order.id);
      persistence.write(nameOf(who), [persisted, ...others].slice(0, MAX_ORDERS));
    },
    remove: (who) => persistence.remove(nameOf(who)),
  };
}
