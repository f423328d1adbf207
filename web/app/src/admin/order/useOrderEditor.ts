import { describeOutcome, type ChangeResult } from "@ordercast/client";
import { useOrdercast } from "@ordercast/react";
import { useReducer, useState } from "react";

import { useConfig } from "../../api/config";
import { toast } from "../../ui";
import type { Order } from "../data/types";
import type { Status } from "../orders/status";
import type { Choice, Difference } from "./conflict";
import { differences, edit, UNTOUCHED, type EditingChange } from "./editing";
import { commandsFor, errorsOf, fieldsOf, type Draft, type Field, type Wanted } from "./fields";
import { savedWords } from "./words";

export interface OrderEditor {
  /** What a field shows: the unsaved text, or else the order's own. */
  value: (field: Field) => string;
  set: (field: Field, value: string) => void;
  errors: Partial<Record<Field, string>>;
  /** Fields with unsaved changes. */
  unsaved: readonly Field[];
  saving: boolean;
  /** Both versions, where somebody else changed the order meanwhile. */
  conflict: readonly Difference[];
  /** Saves everything, with another status if one is given. Answers whether all of it was taken over. */
  save: (wanted?: Wanted) => Promise<boolean>;
  cancel: (reason: string) => Promise<boolean>;
  discard: () => void;
  settle: (choices: Readonly<Record<string, Choice>>, thenSave: boolean) => void;
}

/** Changing one order while it lives on. */
export function useOrderEditor(order: Order): OrderEditor {
  const { orders } = useOrdercast();
  const { timeZone } = useConfig();
  const [editing, change] = useReducer(edit, UNTOUCHED);
  const [saving, setSaving] = useState(false);
  const [tried, setTried] = useState(false);
  const base = fieldsOf(editing.base ?? order, timeZone);
  const now = fieldsOf(order, timeZone);
  const errors = errorsOf(base, editing.draft, timeZone);
  const conflict = saving ? [] : differences(editing, order, timeZone);

  /** Both versions are kept here from now on, until this person has chosen. */
  function lost(
    { conflict: both }: Extract<ChangeResult, { reason: "conflict" }>,
    how: Extract<EditingChange, { type: "lost" }>,
  ) {
    change(how);
    both.dismiss();
  }

  async function send(from: Order, draft: Draft, wanted: Wanted): Promise<boolean> {
    const commands = commandsFor(from, draft, wanted, timeZone);
    let seen = from;
    let live: number | null = null;
    setSaving(true);
    try {
      for (const command of commands) {
        const options = { expectedVersion: seen.version };
        const result =
          command.type === "delivery"
            ? await orders.setDelivery(order.id, command.body, options)
            : await orders.setStatus(order.id, command.body.status, { ...command.body, ...options });
        if (!result.ok) {
          tellRefused(result, wanted.status);
          if (result.reason === "conflict") lost(result, { type: "lost", wanted: wantedOf(wanted), base: seen });
          return false;
        }
        ({ live } = result);
        seen = result.order;
        change({ type: "saved", fields: command.fields, order: seen });
      }
    } finally {
      setSaving(false);
    }
    if (commands.length > 0) tellSaved(order, draft, wanted.status, live);
    return true;
  }

  return {
    value: (field) => editing.draft[field] ?? now[field],
    set: (field, value) => change({ type: "edit", field, value, order, timeZone }),
    errors: tried ? errors : {},
    unsaved: Object.keys(editing.draft) as Field[],
    saving,
    conflict,
    async save(wanted = {}) {
      setTried(true);
      if (saving) return false;
      if (conflict.some(({ kind }) => kind === "clash")) {
        toast.warning("Choose first which version stays", {
          id: "choose",
          description: "Both are shown at the top of the page.",
        });
        return false;
      }
      if (Object.keys(errors).length > 0) return false;
      // What the others did to other fields stays: from there it goes on.
      const saved = await send(order, editing.draft, wanted);
      if (saved) setTried(false);
      return saved;
    },
    async cancel(reason) {
      setSaving(true);
      const result = await orders.cancel(order.id, {
        expectedVersion: order.version,
        ...(reason.trim() && { reason: reason.trim() }),
      });
      setSaving(false);
      if (result.ok) tellSaved(order, {}, "cancelled", result.live);
      else {
        tellRefused(result, "cancelled");
        if (result.reason === "conflict")
          lost(result, { type: "lost", wanted: { status: "cancelled", reason }, base: order });
      }
      return result.ok;
    },
    discard() {
      setTried(false);
      change({ type: "discard" });
    },
    settle(choices, thenSave) {
      const settled = { type: "settled" as const, order, choices, timeZone };
      const { wanted } = editing;
      const next = edit(editing, settled);
      change(settled);
      if (!thenSave) return;
      if (wanted?.status === "cancelled" && choices["status"] !== "theirs") {
        void orders
          .cancel(order.id, { expectedVersion: order.version, ...(wanted.reason && { reason: wanted.reason }) })
          .then((result) => {
            if (result.ok) tellSaved(order, {}, "cancelled", result.live);
            else tellRefused(result, "cancelled");
          });
        return;
      }
      void send(order, next.draft, choices["status"] === "theirs" ? {} : (wanted ?? {}));
    },
  };
}

function wantedOf({ status, reason }: Wanted): { status: Status; reason?: string } | undefined {
  return status && { status, ...(reason && { reason }) };
}

function tellSaved(order: Order, draft: Draft, status: Status | undefined, live: number | null) {
  const id = `order-${order.id}`;
  const description = `Order #${order.number}`;
  const { message, severity } = status
    ? describeOutcome(status, live)
    : savedWords(Object.keys(draft) as Field[], live);
  toast.show(severity, message, { id, description });
}

function tellRefused(result: Exclude<ChangeResult, { ok: true }>, status: Status | undefined) {
  if (result.reason === "conflict") {
    toast.warning("Somebody else changed this order first", {
      description: "Nothing was lost: both versions are shown.",
    });
    return;
  }
  toast.error(status ? `The status was not changed to ${status}` : "The changes were not saved", {
    description: result.problem.detail,
  });
}
