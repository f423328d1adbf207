// What the table does to orders. Shown at once, taken back when it is refused, and said either way (rows A11, C5).

import { describeOutcome, type Ordercast } from "@ordercast/client";

import { toast } from "../../ui";
import { detailOf, retryAfter, type ConsoleApi } from "../data/api";
import type { BulkOutcome } from "../data/types";
import { SendFailed, setStatusOfMany } from "./bulk";
import { nextStep, type Status } from "./status";
import type { RowStore } from "./store";

/** Moves one order on: to the status asked for, or to the next one. */
export async function moveOn(
  { orders }: Pick<Ordercast, "orders">,
  store: RowStore,
  id: string,
  wanted: Status | undefined,
): Promise<void> {
  const state = store.state(id);
  const status = wanted ?? (state && nextStep(state.row)?.status);
  if (!state || !status || state.asked) return;
  const { number, version } = state.row;
  store.ask(id, status);
  const result = await orders.setStatus(id, status, { expectedVersion: version });
  store.ask(id, undefined);
  if (result.ok) {
    store.add([result.order]);
    const { message, severity } = describeOutcome(status, result.live);
    toast.show(severity, message, { id: `order-${id}`, description: `Order #${number}` });
    return;
  }
  if (result.reason === "conflict") {
    const { theirs } = result.conflict;
    store.add([theirs]);
    // The row shows theirs by now. Asking again is the other choice.
    toast.warning(`Order #${number} was changed by somebody else first`, {
      description: `It is ${theirs.status} now, and was not set to ${status}.`,
      action: { label: `Set to ${status}`, onPress: () => void moveOn({ orders }, store, id, status) },
    });
    result.conflict.dismiss();
    return;
  }
  toast.error(`Order #${number} was not set to ${status}`, { description: result.problem.detail });
}

/** Sets many, in as many calls as it takes. */
export async function setMany(
  api: ConsoleApi,
  store: RowStore,
  orders: readonly string[],
  status: Status,
  more: { reason?: string; note?: string },
  onProgress: (done: readonly BulkOutcome[]) => void,
): Promise<readonly BulkOutcome[]> {
  for (const id of orders) store.ask(id, status);
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
      for (const { order } of done) store.ask(order, undefined);
      onProgress(done);
    },
  });
}
