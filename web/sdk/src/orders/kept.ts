// The orders that somebody looked at last, kept on this device for when nobody answers.

import type { Keep } from "../core/keep.js";
import type { Account, Order, TimelineEvent } from "../model.js";

/** The last state known on this device. */
export interface KeptOrder {
  order: Order;
  timeline: readonly TimelineEvent[];
  at: number;
}

export interface KeptOrders {
  recall: (ref: string) => KeptOrder | undefined;
  remember: (kept: KeptOrder) => void;
  /** What is kept belongs to a person, and goes when they do. */
  forget: (account: Account) => void;
}

/** Orders whose last state is kept. */
const KEPT = 5;

export function createKept(keep: Keep, account: () => Account | null): KeptOrders {
  const nameOf = ({ id }: Account) => `orders:${id}`;

  function all(who: Account | null): readonly KeptOrder[] {
    return (who === null ? undefined : keep.read<KeptOrder[]>(nameOf(who))) ?? [];
  }

  return {
    recall: (ref) => all(account()).find(({ order }) => order.id === ref || order.number === ref),
    remember(kept) {
      const who = account();
      if (who !== null)
        keep.write(nameOf(who), [kept, ...all(who).filter(({ order }) => order.id !== kept.order.id)].slice(0, KEPT));
    },
    forget: (who) => keep.remove(nameOf(who)),
  };
}
