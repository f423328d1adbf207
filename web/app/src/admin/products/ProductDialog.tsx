import { OrdercastProblem } from "@ordercast/client";
import { useState } from "react";

import { useConfig } from "../../api/config";
import { messageOf } from "../../api/http";
import { ProductPicture } from "../../shop/ProductPicture";
import { Banner, Button, Field, TextArea, TextField, toast } from "../../ui";
import { Dialog } from "../../ui/Dialog";
import { useApi } from "../data/api";
import type { Product } from "../data/types";
import { compareVersions, resolveDraft, type Choice } from "../order/conflict";
import { ConflictPanel } from "../order/ConflictPanel";
import {
  NO_PRODUCT,
  parsePrice,
  pictureHint,
  PRODUCT_FIELD_NAMES,
  productChange,
  productErrors,
  productFields,
  type ProductDraft,
  type ProductField,
} from "./product";
import styles from "./ProductDialog.module.css";

export interface ProductDialogProps {
  /** The current product, live; undefined for a new one. */
  product: Product | undefined;
  onClose: () => void;
  onSaved: (product: Product) => void;
}

/** Adds or edits a product. */
export function ProductDialog({ product, onClose, onSaved }: ProductDialogProps) {
  const { changeProduct, createProduct } = useApi();
  const config = useConfig();
  const currency = product?.price.currency ?? config.currency;
  // The product when the editing began; other people's changes are compared with it.
  const [base, setBase] = useState(product);
  const [draft, edit] = useState<ProductDraft>({});
  const [stock, setStock] = useState("");
  const [showErrors, setShowErrors] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string>();

  const was = base ? productFields(base) : NO_PRODUCT;
  const errors = productErrors(was, draft, currency);
  const stockError =
    !product && stock.trim() !== "" && !/^\d{1,9}$/.test(stock.trim()) ? "Enter a whole number." : undefined;
  const differences =
    product && base && product.version !== base.version ? compareVersions(was, productFields(product), draft) : [];
  const conflict = differences.some(({ kind }) => kind !== "mine") ? differences : [];

  const field = (name: ProductField) => ({
    value: draft[name] ?? was[name],
    error: showErrors ? errors[name] : undefined,
    onChange: ({ target }: { target: { value: string } }) => edit({ ...draft, [name]: target.value }),
  });

  async function send(from: Product | undefined, changes: ProductDraft) {
    setBusy(true);
    setRefused(undefined);
    try {
      const saved = from ? await changed(from, changes) : await createProduct(asNew(changes, stock, currency));
      onSaved(saved);
      toast.success(from ? `${saved.name} was updated` : `${saved.name} was added`);
      onClose();
    } catch (problem) {
      // Somebody else saved first: load their version and show both.
      if (problem instanceof OrdercastProblem && problem.isConflict) onSaved(problem.current as Product);
      else setRefused(messageOf(problem));
    }
    setBusy(false);
  }

  async function changed(from: Product, changes: ProductDraft): Promise<Product> {
    const change = productChange(productFields(from), changes, currency);
    return Object.keys(change).length === 0 ? from : changeProduct(from.id, change, from.version);
  }

  async function archive(archived: boolean) {
    if (!product) return;
    setBusy(true);
    try {
      onSaved(await changeProduct(product.id, { archived }, product.version));
      toast.success(archived ? `${product.name} was archived` : `${product.name} is for sale again`);
      onClose();
    } catch (problem) {
      setRefused(messageOf(problem));
    }
    setBusy(false);
  }

  function resolve(choices: Readonly<Record<string, Choice>>, thenSave: boolean) {
    if (!product || !base) return;
    const resolved: ProductDraft = resolveDraft(was, productFields(product), draft, choices);
    setBase(product);
    edit(resolved);
    if (thenSave) void send(product, resolved);
  }

  return (
    <Dialog open wide onOpenChange={(open) => !open && onClose()} title={product ? product.name : "Add product"}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setShowErrors(true);
          const hasConflict = conflict.some(({ kind }) => kind === "conflict");
          if (Object.keys(errors).length > 0 || stockError || busy || hasConflict) return;
          void send(product, draft);
        }}
      >
        {conflict.length > 0 && (
          <ConflictPanel
            what="this product"
            who="Somebody else"
            labels={PRODUCT_FIELD_NAMES}
            differences={conflict}
            onResolve={resolve}
          />
        )}
        <TextField label="Name" maxLength={200} autoFocus={!product} {...field("name")} />
        <div className={styles.twoColumns}>
          <TextField label={`Price (${currency})`} inputMode="decimal" {...field("price")} />
          {product ? (
            <TextField label="SKU" optional maxLength={64} {...field("sku")} />
          ) : (
            <TextField
              label="Stock"
              optional
              inputMode="numeric"
              value={stock}
              error={showErrors ? stockError : undefined}
              onChange={({ target }) => setStock(target.value)}
            />
          )}
          <TextField label="Category" optional maxLength={80} {...field("category")} />
          {!product && <TextField label="SKU" optional maxLength={64} {...field("sku")} />}
        </div>
        <Field label="Description" optional error={showErrors ? errors.description : undefined}>
          {(controlProps) => (
            <TextArea
              {...controlProps}
              rows={4}
              maxLength={4000}
              value={draft.description ?? was.description}
              onChange={({ target }) => edit({ ...draft, description: target.value })}
            />
          )}
        </Field>
        <div className={styles.image}>
          <ProductPicture image={draft.image ?? was.image} className={styles.picture} />
          <TextField
            label="Picture"
            optional
            hint={pictureHint((draft.image ?? was.image ?? "").trim(), [location.origin, ...config.imageOrigins])}
            spellCheck={false}
            {...field("image")}
          />
        </div>
        {refused && <Banner severity="error">{refused}</Banner>}
        <div className={styles.actions}>
          {product && (
            <Button
              variant={product.archived ? "secondary" : "danger"}
              className={styles.archive}
              busy={busy}
              onClick={() => void archive(!product.archived)}
            >
              {product.archived ? "Restore" : "Archive"}
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy}>
            {product ? "Save" : "Add product"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function asNew(draft: ProductDraft, stock: string, currency: string) {
  const text = (name: ProductField) => draft[name]?.trim() || undefined;
  const [category, sku, description, image] = [text("category"), text("sku"), text("description"), text("image")];
  return {
    name: text("name") ?? "",
    price: { amount: parsePrice(draft.price ?? "", currency) ?? 0, currency },
    stock: Number(stock.trim() || 0),
    ...(category && { category }),
    ...(sku && { sku }),
    ...(description && { description }),
    ...(image && { image }),
  };
}
