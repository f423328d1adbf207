import { OrdercastProblem } from "@ordercast/client";
import { useState } from "react";

import { messageOf } from "../../api/http";
import { Banner, Button, TextField, toast } from "../../ui";
import { Dialog } from "../../ui/Dialog";
import { useApi } from "../data/api";
import type { Product } from "../data/types";
import styles from "./ProductDialog.module.css";

/** Adjusts the stock by a number, or sets it to a count. */
export function StockDialog({
  product,
  onClose,
  onSaved,
}: {
  product: Product;
  onClose: () => void;
  onSaved: (product: Product) => void;
}) {
  const { countStock } = useApi();
  const [mode, setMode] = useState<"change" | "onHand">("change");
  const [text, setText] = useState("");
  const [showErrors, setShowErrors] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string>();
  const onHand = product.stock?.onHand ?? 0;
  const reserved = product.stock?.reserved ?? 0;
  const number = /^[+-]?\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
  const after = number === undefined ? undefined : mode === "change" ? onHand + number : number;
  const error =
    number === undefined || (mode === "change" && number === 0)
      ? "Enter a whole number."
      : after !== undefined && after < reserved
        ? `${reserved} are reserved for placed orders. Stock cannot be lower than that.`
        : undefined;

  const hint =
    after !== undefined && !error
      ? `New stock: ${after} on hand, ${after - reserved} available.`
      : mode === "change"
        ? "Use a minus sign to remove."
        : undefined;

  async function save() {
    setShowErrors(true);
    if (error || number === undefined || busy) return;
    setBusy(true);
    setRefused(undefined);
    try {
      // An adjustment applies to the current stock; a count is only valid for the version that was shown.
      const saved =
        mode === "change"
          ? await countStock(product.id, { change: number })
          : await countStock(product.id, { onHand: number }, product.version);
      onSaved(saved);
      toast.success(`${product.name}: ${saved.stock?.onHand ?? saved.available} on hand`);
      onClose();
    } catch (problem) {
      setRefused(messageOf(problem));
      if (problem instanceof OrdercastProblem && problem.isConflict) onSaved(problem.current as Product);
    }
    setBusy(false);
  }

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`Stock of ${product.name}`}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <dl className={styles.counts}>
          <div>
            <dt>On hand</dt>
            <dd>{onHand}</dd>
          </div>
          <div>
            <dt>Reserved</dt>
            <dd>{reserved}</dd>
          </div>
          <div>
            <dt>Available</dt>
            <dd>{product.available}</dd>
          </div>
        </dl>
        <fieldset className={styles.options}>
          <legend className="visually-hidden">Stock change</legend>
          <label>
            <input type="radio" name="mode" checked={mode === "change"} onChange={() => setMode("change")} /> Adjust
          </label>
          <label>
            <input type="radio" name="mode" checked={mode === "onHand"} onChange={() => setMode("onHand")} /> Set count
          </label>
        </fieldset>
        <TextField
          label={mode === "change" ? "Adjust by" : "On hand"}
          inputMode="numeric"
          autoFocus
          autoComplete="off"
          value={text}
          error={showErrors || number !== undefined ? error : undefined}
          hint={hint}
          onChange={({ target }) => setText(target.value)}
        />
        {refused && <Banner severity="error">{refused}</Banner>}
        <div className={styles.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
