// The actions of the table. Each is shown optimistically, rolled back when refused, and reported by a toast.

import type { Ordercast } from "@ordercast/client";

import { messageOf } from "../../api/http";
import { failedToastId } from "../../orders/failedToast";
import { outcomeOf } from "../../orders/outcome";
import { statusName } from "../../orders/status";
import { toast } from "../../ui";
import type { BulkOutcome } from "../data/types";
import type { Status } from "./status";

type Client = Pick<Ordercast, "orders">;

/** Sets an order to a status. */
export async function advanceOrder({ orders }: Client, id: string, status: Status): Promise<void> {
  const { order, isPending } = orders.watch(id).getSnapshot();
  if (!order || isPending) return;
  const { number, version } = order;
  const result = await orders.setStatus(id, status, { expectedVersion: version });
  if (result.ok) {
    const { message, severity } = outcomeOf(result.order, status, result.live);
    toast.close(failedToastId(id, status));
    toast.show(severity, message, { id: `order-${id}`, description: `Order #${number}` });
    return;
  }
  if (result.reason === "conflict") {
    const { theirs } = result.conflict;
    // The row shows their version now; the toast offers to apply the status again.
    toast.warning(`Order #${number} was changed by somebody else`, {
      id: failedToastId(id, status),
      description: `Its status is ${statusName(theirs.status)}. It was not set to ${statusName(status)}.`,
      action: { label: `Set to ${statusName(status)}`, onPress: () => void advanceOrder({ orders }, id, status) },
    });
    result.conflict.dismiss();
    return;
  }
  toast.error(`Order #${number} was not set to ${statusName(status)}`, {
    id: failedToastId(id, status),
    description: result.problem.detail,
  });
}

/** Sets many orders. Every order gets an outcome. */
export async function setStatusOfRows(
  { orders }: Client,
  ids: readonly string[],
  status: Status,
  more: { reason?: string; note?: string },
  onProgress: (done: readonly BulkOutcome[]) => void,
): Promise<readonly BulkOutcome[]> {
  try {
    return (await orders.setStatusOfMany(ids, status, { ...more, onProgress })).outcomes;
  } catch (error) {
    return ids.map((order) => ({ order, ok: false, code: "not_sent", detail: messageOf(error) }));
  }
}
