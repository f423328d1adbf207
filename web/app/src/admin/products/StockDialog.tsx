import { OrdercastProblem } from "@ordercast/client";
import { useState } from "react";

import { Banner, Button, TextField, toast } from "../../ui";
import { Dialog } from "../../ui/Dialog";
import { detailOf, useApi } from "../data/api";
import type { Product } from "../data/types";
import styles from "./ProductDialog.module.css";

/** Goods came, went, or were counted. */
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
  const [way, setWay] = useState<"change" | "onHand">("change");
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string>();
  const onHand = product.stock?.onHand ?? 0;
  const reserved = product.stock?.reserved ?? 0;
  const number = /^[+-]?\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
  const after = number === undefined ? undefined : way === "change" ? onHand + number : number;
  const error =
    number === undefined || (way === "change" && number === 0)
      ? "Write a whole number."
      : after !== undefined && after < reserved
        ? `${reserved} are promised to placed orders: fewer cannot be there.`
        : undefined;

  async function save() {
    setTried(true);
    if (error || number === undefined || busy) return;
    setBusy(true);
    setRefused(undefined);
    try {
      // What came is added to whatever is there by then; a count is of what was seen.
      const saved =
        way === "change"
          ? await countStock(product.id, { change: number })
          : await countStock(product.id, { onHand: number }, product.version);
      onSaved(saved);
      toast.success(`${product.name}: ${saved.stock?.onHand ?? saved.available} on hand`);
      onClose();
    } catch (problem) {
      setRefused(detailOf(problem));
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
        <fieldset className={styles.ways}>
          <legend className="visually-hidden">What happened</legend>
          <label>
            <input type="radio" name="way" checked={way === "change"} onChange={() => setWay("change")} /> Came or went
          </label>
          <label>
            <input type="radio" name="way" checked={way === "onHand"} onChange={() => setWay("onHand")} /> Counted
          </label>
        </fieldset>
        <TextField
          label={way === "change" ? "How many came (or went, with a minus)" : "How many are there"}
          inputMode="numeric"
          autoFocus
          autoComplete="off"
          value={text}
          error={tried || number !== undefined ? error : undefined}
          hint={after !== undefined && !error ? `Then ${after} on hand, ${after - reserved} available.` : undefined}
          onChange={({ target }) => setText(target.value)}
        />
        {refused && <Banner severity="error">{refused}</Banner>}
        <div className={styles.actions}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={busy}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
