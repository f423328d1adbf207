// What the table does to orders. Shown at once, taken back when it is refused, and said either way (rows A11, C5).

import { retryAfter, setStatus, setStatusOf } from "../data/api";
import { messageOf } from "../../api/http";
import { toast } from "../../ui";
import { SendFailed, setStatusOfMany, type BulkOutcome } from "./bulk";
import { nextStep, type Status } from "./status";
import type { RowStore } from "./store";
import { describeOutcome } from "@ordercast/client";

/** Moves one order on: to the status asked for, or to the next one. */
export async function moveOn(store: RowStore, id: string, wanted: Status | undefined): Promise<void> {
  const state = store.state(id);
  const status = wanted ?? (state && nextStep(state.row)?.status);
  if (!state || !status || state.asked) return;
  store.ask(id, status);
  try {
    const { order, live } = await setStatus(id, { status }, state.row.version);
    store.add([order]);
    const { message, severity } = describeOutcome(status, live ?? null);
    toast.show(severity, message, { id: `status-${id}`, description: `Order #${order.number}` });
  } catch (error) {
    toast.error(`Order #${state.row.number} was not changed`, { description: messageOf(error) });
  } finally {
    store.ask(id, undefined);
  }
}

/** Sets many, in as many calls as it takes. */
export async function setMany(
  store: RowStore,
  orders: readonly string[],
  status: Status,
  more: { reason?: string; note?: string },
  onProgress: (done: readonly BulkOutcome[]) => void,
): Promise<readonly BulkOutcome[]> {
  for (const id of orders) store.ask(id, status);
  const settle = (outcomes: readonly BulkOutcome[]) => {
    for (const { order } of outcomes) store.ask(order, undefined);
  };
  return setStatusOfMany(orders, {
    send: async (part, key) => {
      try {
        return await setStatusOf(part, status, more, key);
      } catch (error) {
        throw new SendFailed(messageOf(error), retryAfter(error));
      }
    },
    pause: (seconds) => new Promise((done) => setTimeout(done, seconds * 1000)),
    newKey: () => crypto.randomUUID(),
    onProgress: (done) => {
      settle(done);
      onProgress(done);
    },
  });
}
