// Places orders, and knows which new orders this client placed.

import type { Api } from "../api/http.js";
import { unwrap } from "../api/http.js";
import type { NewOrder, Order } from "../model.js";
import type { ActionOptions } from "./contract.js";

export interface PlacingContext {
  api: Api;
  /** Returns whether the same person is still signed in. */
  guard: () => () => boolean;
  onPlaced: (order: Order) => void;
  /** Called after each request, whether it succeeded or failed. */
  onSettled: () => void;
}

export function createPlacing({ api, guard, onPlaced, onSettled }: PlacingContext) {
  let pending = 0;
  return {
    /** Whether orders are being placed. Events of new orders wait for the answer, which says which orders this client placed. */
    isPlacing: () => pending > 0,
    async place(order: NewOrder, { idempotencyKey, signal }: ActionOptions = {}): Promise<Order> {
      const isSamePerson = guard();
      pending += 1;
      try {
        const placed = await unwrap(
          api.POST("/api/v1/orders", {
            body: order,
            ...(idempotencyKey === undefined ? {} : { headers: { "Idempotency-Key": idempotencyKey } }),
            ...(signal === undefined ? {} : { signal }),
          }),
        );
        if (isSamePerson()) onPlaced(placed);
        return placed;
      } finally {
        pending -= 1;
        onSettled();
      }
    },
  };
}
