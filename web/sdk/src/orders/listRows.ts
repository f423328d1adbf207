// The sorted rows of a list. Arrays handed out are never changed: a change makes a new array on the next request.

import type { Order } from "../model.js";
import { type CompareOrders, compareNewest, sortedIndex } from "./sort.js";

export interface ListRows {
  readonly size: number;
  has: (id: string) => boolean;
  /** Replaces all rows. */
  replace: (orders: Order[]) => void;
  /** Adds orders that are not there yet. */
  add: (orders: readonly Order[]) => void;
  /** Adds, replaces or moves one row. */
  set: (order: Order) => void;
  /** Whether the row was there. */
  remove: (id: string) => boolean;
  /** The row that was placed first. */
  oldest: () => Order | null;
  /** The same array until a row changes. */
  orders: () => readonly Order[];
  /** The same array until a row is added, removed or moved. */
  ids: () => readonly string[];
}

/** Beyond this many additions at once, sorting everything is cheaper than inserting one by one. */
const INSERT_LIMIT = 50;

export function createListRows(compare: CompareOrders): ListRows {
  const sorted: Order[] = [];
  const byId = new Map<string, Order>();
  let orders: readonly Order[] | undefined;
  let ids: readonly string[] | undefined;

  function indexOf(order: Order): number {
    return sortedIndex(sorted, order, compare);
  }

  function insert(order: Order): void {
    sorted.splice(indexOf(order), 0, order);
    byId.set(order.id, order);
    orders = undefined;
    ids = undefined;
  }

  function replace(next: readonly Order[]): void {
    sorted.length = 0;
    byId.clear();
    for (const order of next) {
      sorted.push(order);
      byId.set(order.id, order);
    }
    sorted.sort(compare);
    orders = undefined;
    ids = undefined;
  }

  return {
    get size() {
      return sorted.length;
    },
    has: (id) => byId.has(id),
    replace,
    add(more) {
      const fresh = new Map(more.flatMap((order) => (byId.has(order.id) ? [] : [[order.id, order]])));
      if (fresh.size > INSERT_LIMIT) replace([...sorted, ...fresh.values()]);
      else for (const order of fresh.values()) insert(order);
    },
    set(order) {
      const before = byId.get(order.id);
      if (before === order) return;
      if (before === undefined) return insert(order);
      const from = indexOf(before);
      byId.set(order.id, order);
      orders = undefined;
      if (compare(before, order) === 0) {
        sorted[from] = order;
        return;
      }
      sorted.splice(from, 1);
      const to = indexOf(order);
      sorted.splice(to, 0, order);
      if (to !== from) ids = undefined;
    },
    remove(id) {
      const order = byId.get(id);
      if (order === undefined) return false;
      sorted.splice(indexOf(order), 1);
      byId.delete(id);
      orders = undefined;
      ids = undefined;
      return true;
    },
    oldest: () =>
      sorted.reduce<Order | null>(
        (oldest, order) => (oldest === null || compareNewest(order, oldest) > 0 ? order : oldest),
        null,
      ),
    orders: () => (orders ??= [...sorted]),
    ids: () => (ids ??= sorted.map((order) => order.id)),
  };
}
