import { describeOutcome, type ChangeResult } from "@ordercast/client";
import { useOrdercast } from "@ordercast/react";
import { useReducer, useState } from "react";

import { useConfig } from "../../api/config";
import { statusName } from "../../orders/status";
import { toast } from "../../ui";
import type { Order } from "../data/types";
import type { Status } from "../orders/status";
import type { Choice, Difference } from "./conflict";
import { differences, editingReducer, NO_EDITS, type EditingChange } from "./editing";
import { commandsFor, errorsOf, fieldsOf, type Draft, type Field, type StatusChange } from "./fields";
import { savedMessage } from "./savedMessage";

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
  /** Saves all changes, together with a status if given. Resolves to whether everything was saved. */
  save: (requested?: StatusChange) => Promise<boolean>;
  cancel: (reason: string) => Promise<boolean>;
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
          toastRefused(result, requested.status);
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
    if (commands.length > 0) toastSaved(order, draft, requested.status, live);
    return true;
  }

  async function cancel(reason: string): Promise<boolean> {
    setSaving(true);
    const result = await orders.cancel(order.id, {
      expectedVersion: order.version,
      ...(reason.trim() && { reason: reason.trim() }),
    });
    setSaving(false);
    if (result.ok) toastSaved(order, {}, "cancelled", result.live);
    else {
      toastRefused(result, "cancelled");
      if (result.reason === "conflict")
        keepConflict(result, { type: "conflicted", requested: { status: "cancelled", reason }, base: order });
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
    async save(requested = {}) {
      setShowErrors(true);
      if (saving) return false;
      if (conflict.some(({ kind }) => kind === "conflict")) {
        toast.warning("Choose which version to keep", {
          id: "choose",
          description: "Both are shown at the top of the page.",
        });
        return false;
      }
      if (Object.keys(errors).length > 0) return false;
      // Their changes to other fields stay; the draft is saved on top of the current version.
      const saved = await send(order, editing.draft, requested);
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
      if (!thenSave) return;
      if (requested?.status === "cancelled" && choices["status"] !== "theirs") {
        void cancel(requested.reason ?? "");
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
  const description = `Order #${order.number}`;
  const { message, severity } = status
    ? describeOutcome(status, live)
    : savedMessage(Object.keys(draft) as Field[], live);
  toast.show(severity, message, { id, description });
}

function toastRefused(result: Exclude<ChangeResult, { ok: true }>, status: Status | undefined) {
  if (result.reason === "conflict") {
    toast.warning("Somebody else changed this order first", {
      description: "Nothing was lost. Both versions are shown.",
    });
    return;
  }
  toast.error(status ? `The status was not changed to ${statusName(status)}` : "The changes were not saved", {
    description: result.problem.detail,
  });
}
