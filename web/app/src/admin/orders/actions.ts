// The actions of the table. Each is shown optimistically, rolled back when refused, and reported by a toast.

import { describeOutcome, type Ordercast } from "@ordercast/client";

import { statusName } from "../../orders/status";
import { toast } from "../../ui";
import { detailOf, retryAfter, type ConsoleApi } from "../data/api";
import type { BulkOutcome } from "../data/types";
import { SendFailed, setStatusOfMany } from "./bulk";
import { nextStatus, type Status } from "./status";
import type { RowStore } from "./store";

/** Sets an order to the requested status, or to its next one. */
export async function advanceOrder(
  { orders }: Pick<Ordercast, "orders">,
  store: RowStore,
  id: string,
  requested: Status | undefined,
): Promise<void> {
  const state = store.state(id);
  const status = requested ?? (state && nextStatus(state.row));
  if (!state || !status || state.pendingStatus) return;
  const { number, version } = state.row;
  store.setPendingStatus(id, status);
  const result = await orders.setStatus(id, status, { expectedVersion: version });
  store.setPendingStatus(id, undefined);
  if (result.ok) {
    store.add([result.order]);
    const { message, severity } = describeOutcome(status, result.live);
    toast.show(severity, message, { id: `order-${id}`, description: `Order #${number}` });
    return;
  }
  if (result.reason === "conflict") {
    const { theirs } = result.conflict;
    store.add([theirs]);
    // The row shows their version now; the toast offers to apply the status again.
    toast.warning(`Order #${number} was changed by somebody else`, {
      description: `Its status is ${statusName(theirs.status)}. It was not set to ${statusName(status)}.`,
      action: {
        label: `Set to ${statusName(status)}`,
        onPress: () => void advanceOrder({ orders }, store, id, status),
      },
    });
    result.conflict.dismiss();
    return;
  }
  toast.error(`Order #${number} was not set to ${statusName(status)}`, { description: result.problem.detail });
}

/** Sets many orders, in as many calls as needed. */
export async function setStatusOfRows(
  api: ConsoleApi,
  store: RowStore,
  orders: readonly string[],
  status: Status,
  more: { reason?: string; note?: string },
  onProgress: (done: readonly BulkOutcome[]) => void,
): Promise<readonly BulkOutcome[]> {
  for (const id of orders) store.setPendingStatus(id, status);
  return setStatusOfMany(orders, {
    send: async (part) => {
      try {
        return await api.setStatusOf(part, status, more);
      } catch (error) {
        throw new SendFailed(detailOf(error), retryAfter(error));
      }
    },
    pause: (seconds) => new Promise((done) => setTimeout(done, seconds * 1000)),
    onProgress: (done) => {
      for (const { order } of done) store.setPendingStatus(order, undefined);
      onProgress(done);
    },
  });
}
