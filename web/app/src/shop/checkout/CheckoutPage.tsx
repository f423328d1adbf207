import { unwrap, type Address, type Money as MoneyValue, type NewOrder, type PaymentMethod } from "@ordercast/client";
import { useOrdercast } from "@ordercast/react";
import { ShoppingBag } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useForm } from "react-hook-form";
import { useLocation } from "wouter";

import { useConfig } from "../../api/config";
import { PageHeading } from "../../layout/PageHeading";
import { useAccount } from "../../session/session";
import { Button, Card, EmptyState, formatMoney, LinkButton, Loading, Money, Skeleton, toast } from "../../ui";
import { emptyCart, useCart } from "../cart/cart";
import { lineTotal, totalOf, type Cart } from "../cart/totals";
import { AddressFields } from "./AddressFields";
import { addressOf, formOf, isField, type AddressForm } from "./address";
import { unresolvedAttempt } from "./attempt";
import styles from "./CheckoutPage.module.css";
import { forgetDraft, readDraft, saveDraft } from "./draft";
import { PaymentChoice } from "./PaymentChoice";
import { retryUnresolved, placeOrderOnce, type Placed, type Send } from "./placeOrder";
import { refreshPrices } from "./refreshPrices";
import { refusalOf, type Refusal } from "./refusal";
import { RefusalBanner } from "./RefusalBanner";

/** The address of the customer's last order. Undefined while loading, null when there is none. */
function useLastAddress(): Address | null | undefined {
  const { api } = useOrdercast();
  const [address, setAddress] = useState<Address | null>();
  useEffect(() => {
    const abort = new AbortController();
    unwrap(api.GET("/api/v1/orders", { params: { query: { limit: 1 } }, signal: abort.signal })).then(
      ({ orders }) => setAddress(orders[0]?.shippingAddress ?? null),
      // The form can be filled in by hand.
      () => abort.signal.aborted || setAddress(null),
    );
    return () => abort.abort();
  }, [api]);
  return address;
}

export default function CheckoutPage() {
  const cart = useCart();
  const lastAddress = useLastAddress();
  return (
    <>
      <PageHeading>Checkout</PageHeading>
      {cart.length === 0 ? (
        <EmptyState
          icon={ShoppingBag}
          title="Your cart is empty"
          action={
            <LinkButton href="/" variant="primary">
              Back to shop
            </LinkButton>
          }
        >
          Add a product to your cart to check out.
        </EmptyState>
      ) : lastAddress === undefined ? (
        <Loading label="Loading checkout">
          <div className={styles.columns}>
            <Skeleton height="28rem" />
            <Skeleton height="16rem" />
          </div>
        </Loading>
      ) : (
        <CheckoutForm cart={cart} lastAddress={lastAddress ?? undefined} />
      )}
    </>
  );
}

const itemsOf = (cart: Cart): NewOrder["items"] => cart.map(({ productId, quantity }) => ({ productId, quantity }));

function CheckoutForm({ cart, lastAddress }: { cart: Cart; lastAddress: Address | undefined }) {
  const account = useAccount();
  const { api, orders } = useOrdercast();
  const { testPayment } = useConfig();
  const [, navigate] = useLocation();
  const [draft] = useState(() => readDraft(account.id));
  const [method, setMethod] = useState<PaymentMethod>(draft?.method ?? "cash_on_delivery");
  const [refusal, setRefusal] = useState<Refusal | undefined>(() =>
    unresolvedAttempt(account.id)
      ? { kind: "unknown", message: "You left before your order was confirmed." }
      : undefined,
  );
  const [busy, setBusy] = useState(false);
  // State updates after the next render, too late for a double click.
  const isPlacing = useRef(false);
  const fields = useForm<AddressForm>({
    defaultValues: draft?.address ?? formOf(lastAddress ?? { name: account.name ?? "" }),
    mode: "onTouched",
  });
  const total = totalOf(cart);
  /** The total that the customer saw when the order was refused. */
  const [refusedTotal, setRefusedTotal] = useState<MoneyValue>();

  const keep = useEffectEvent(() => saveDraft(account.id, { address: fields.getValues(), method }));
  useEffect(() => fields.subscribe({ formState: { values: true }, callback: () => keep() }), [fields]);
  useEffect(() => {
    if (method !== "cash_on_delivery") keep();
  }, [method]);

  const send: Send = (order, idempotencyKey) => orders.place(order, { idempotencyKey });

  function submitOrder(form: AddressForm, expected: MoneyValue | undefined) {
    const order: NewOrder = {
      items: itemsOf(cart),
      shippingAddress: addressOf(form),
      paymentMethod: method,
      ...(expected && { expectedTotal: expected }),
    };
    return run(() => placeOrderOnce(account.id, order, send));
  }

  async function run(attempt: () => Promise<Placed | undefined>) {
    if (isPlacing.current) return;
    isPlacing.current = true;
    setBusy(true);
    // Keep the banner of an unresolved attempt: its button has the focus.
    setRefusal((before) => (before?.kind === "unknown" ? before : undefined));
    try {
      const placed = await attempt();
      if (placed) return handlePlaced(placed);
    } catch (error) {
      await handleRefusal(refusalOf(error, unresolvedAttempt(account.id) !== undefined));
    }
    setBusy(false);
    isPlacing.current = false;
  }

  function handlePlaced({ order, sent, isEarlier }: Placed) {
    navigate(`/orders/${order.id}`, { replace: true });
    const isCart = JSON.stringify(sent.items) === JSON.stringify(itemsOf(cart));
    const description = isCart
      ? "Please check the delivery address and payment method."
      : "Items you added since then are still in your cart.";
    if (isEarlier || !isCart) toast.info("Your first order went through", { description });
    if (isCart) emptyCart();
    forgetDraft();
  }

  async function handleRefusal(reason: Refusal) {
    if (reason.kind === "fields") {
      for (const { field, message } of reason.fields) {
        const name = field.replace(/^shippingAddress\./, "");
        if (isField(name)) fields.setError(name, { message });
      }
    }
    setRefusedTotal(total);
    setRefusal(reason);
    // The lines and the total of the page follow, so that the next attempt confirms what the page shows.
    if (reason.kind === "total_changed") await refreshPrices(api, cart);
  }

  const submit = (expected: MoneyValue | undefined) => fields.handleSubmit((form) => submitOrder(form, expected));
  // Without a stored attempt, submit the form.
  const tryAgain = () =>
    void (unresolvedAttempt(account.id) ? run(() => retryUnresolved(account.id, send)) : submit(total)());

  return (
    <form className={styles.columns} noValidate onSubmit={(event) => void submit(total)(event)}>
      <div className={styles.left}>
        <Card title="Delivery address">
          <AddressFields register={fields.register} errors={fields.formState.errors} />
        </Card>
        <Card title="Payment">
          <PaymentChoice value={method} onChange={setMethod} testPayment={testPayment} />
        </Card>
      </div>
      <Card title="Your order" className={styles.summary}>
        <ul className={styles.lines}>
          {cart.map((line) => (
            <li key={line.productId}>
              <span>
                <span className="tabular">{line.quantity} ×</span> {line.name}
              </span>
              <Money value={lineTotal(line)} />
            </li>
          ))}
        </ul>
        <p className={styles.total}>
          <span>Total</span>
          {total && <Money value={total} />}
        </p>
        {refusal && (
          <RefusalBanner
            refusal={refusal}
            cart={cart}
            shown={refusedTotal}
            busy={busy}
            onSolved={() => setRefusal(undefined)}
            onTryAgain={tryAgain}
            onAccept={(accepted) => void submit(accepted)()}
          />
        )}
        <Button type="submit" variant="primary" size="lg" wide busy={busy}>
          {busy ? "Placing your order…" : "Place order"}
        </Button>
        <p className={styles.small}>
          {method === "online"
            ? "You’ll pay in the next step."
            : total && `You’ll pay ${formatMoney(total)} on delivery.`}{" "}
          You can cancel until we start preparing it.
        </p>
      </Card>
    </form>
  );
}
