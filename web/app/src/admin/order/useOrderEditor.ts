import type { ChangeResult } from "@ordercast/client";
import { useOrdercast } from "@ordercast/react";
import { useReducer, useState } from "react";

import { useConfig } from "../../api/config";
import { failedToastId } from "../../orders/failedToast";
import { outcomeOf } from "../../orders/outcome";
import { statusName } from "../../orders/status";
import { toast } from "../../ui";
import type { Order } from "../data/types";
import type { Status } from "../orders/status";
import type { Choice, Difference } from "./conflict";
import { differences, editingReducer, NO_EDITS, type EditingChange } from "./editing";
import { commandsFor, errorsOf, fieldsOf, type Draft, type Field, type StatusChange } from "./fields";
import { savedMessage } from "./savedMessage";

const CHOOSE = "choose";

export interface OrderEditor {
  /** The unsaved text of a field, or the order's value. */
  value: (field: Field) => string;
  set: (field: Field, value: string) => void;
  errors: Partial<Record<Field, string>>;
  /** Fields with unsaved changes. */
  unsaved: readonly Field[];
  saving: boolean;
  /** Both versions, when somebody else changed the order meanwhile. */
  conflict: readonly Difference[];
  /**
   * Saves all changes, together with a status if given. Resolves to whether everything was saved. `seen`: the order as it was
   * when the person was asked.
   */
  save: (requested?: StatusChange, seen?: Order) => Promise<boolean>;
  cancel: (reason: string, seen: Order) => Promise<boolean>;
  discard: () => void;
  resolve: (choices: Readonly<Record<string, Choice>>, thenSave: boolean) => void;
}

/** Edits one order while it receives live updates. */
export function useOrderEditor(order: Order): OrderEditor {
  const { orders } = useOrdercast();
  const { timeZone } = useConfig();
  const [editing, change] = useReducer(editingReducer, NO_EDITS);
  const [saving, setSaving] = useState(false);
  const [showErrors, setShowErrors] = useState(false);
  const base = fieldsOf(editing.base ?? order, timeZone);
  const now = fieldsOf(order, timeZone);
  const errors = errorsOf(base, editing.draft, timeZone);
  const conflict = saving ? [] : differences(editing, order, timeZone);

  /** Keeps both versions until the user has chosen. */
  function keepConflict(
    { conflict: orderConflict }: Extract<ChangeResult, { reason: "conflict" }>,
    conflictChange: Extract<EditingChange, { type: "conflicted" }>,
  ) {
    change(conflictChange);
    orderConflict.dismiss();
  }

  async function send(from: Order, draft: Draft, requested: StatusChange): Promise<boolean> {
    const commands = commandsFor(from, draft, requested, timeZone);
    let current = from;
    let live: number | null = null;
    setSaving(true);
    try {
      for (const command of commands) {
        const options = { expectedVersion: current.version };
        const result =
          command.type === "delivery"
            ? await orders.setDelivery(order.id, command.body, options)
            : await orders.setStatus(order.id, command.body.status, { ...command.body, ...options });
        if (!result.ok) {
          toastRefused(order, result, requested.status);
          if (result.reason === "conflict")
            keepConflict(result, { type: "conflicted", requested: requestedStatus(requested), base: current });
          return false;
        }
        ({ live } = result);
        current = result.order;
        change({ type: "saved", fields: command.fields, order: current });
      }
    } finally {
      setSaving(false);
    }
    if (commands.length > 0) toastSaved(current, draft, requested.status, live);
    return true;
  }

  /** The version of the order to change. If the status has changed since `seen`, the server refuses the change. */
  const asSeen = (seen: Order) => (seen.status === order.status ? order : seen);

  async function cancel(reason: string, seen: Order): Promise<boolean> {
    setSaving(true);
    const from = asSeen(seen);
    const result = await orders.cancel(order.id, {
      expectedVersion: from.version,
      ...(reason.trim() && { reason: reason.trim() }),
    });
    setSaving(false);
    if (result.ok) toastSaved(result.order, {}, "cancelled", result.live);
    else {
      toastRefused(order, result, "cancelled");
      if (result.reason === "conflict")
        keepConflict(result, { type: "conflicted", requested: { status: "cancelled", reason }, base: from });
    }
    return result.ok;
  }

  return {
    value: (field) => editing.draft[field] ?? now[field],
    set: (field, value) => change({ type: "edit", field, value, order, timeZone }),
    errors: showErrors ? errors : {},
    unsaved: Object.keys(editing.draft) as Field[],
    saving,
    conflict,
    async save(requested = {}, seen = order) {
      setShowErrors(true);
      if (saving) return false;
      if (conflict.some(({ kind }) => kind === "conflict")) {
        toast.warning("Choose which version to keep", {
          id: CHOOSE,
          description: "Both are shown at the top of the page.",
        });
        return false;
      }
      if (Object.keys(errors).length > 0) return false;
      // Their changes to other fields stay; the draft is saved on top of the current version.
      const saved = await send(asSeen(seen), editing.draft, requested);
      if (saved) setShowErrors(false);
      return saved;
    },
    cancel,
    discard() {
      setShowErrors(false);
      change({ type: "discard" });
    },
    resolve(choices, thenSave) {
      const resolution = { type: "resolved" as const, order, choices, timeZone };
      const { requested } = editing;
      const next = editingReducer(editing, resolution);
      change(resolution);
      toast.close(CHOOSE);
      if (!thenSave) return;
      if (requested?.status === "cancelled" && choices["status"] !== "theirs") {
        void cancel(requested.reason ?? "", order);
        return;
      }
      void send(order, next.draft, choices["status"] === "theirs" ? {} : (requested ?? {}));
    },
  };
}

function requestedStatus({ status, reason }: StatusChange): { status: Status; reason?: string } | undefined {
  return status && { status, ...(reason && { reason }) };
}

function toastSaved(order: Order, draft: Draft, status: Status | undefined, live: number | null) {
  const id = `order-${order.id}`;
  toast.close(failedToastId(order.id, status ?? "fields"));
  toast.close(CHOOSE);
  const description = `Order #${order.number}`;
  const { message, severity } = status
    ? outcomeOf(order, status, live)
    : savedMessage(Object.keys(draft) as Field[], live);
  toast.show(severity, message, { id, description });
}

function toastRefused(
  { id: order, number }: Order,
  result: Exclude<ChangeResult, { ok: true }>,
  status: Status | undefined,
) {
  const id = failedToastId(order, status ?? "fields");
  if (result.reason === "conflict") {
    toast.warning(`Somebody else changed order #${number} first`, {
      id,
      description: "Nothing was lost. Both versions are shown.",
    });
    return;
  }
  const failed = status ? `Order #${number} was not set to ${statusName(status)}` : `Order #${number} was not saved`;
  toast.error(failed, {
    id,
    description: result.problem.detail,
  });
}
