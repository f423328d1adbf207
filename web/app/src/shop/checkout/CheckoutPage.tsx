import { unwrap, type Address, type Money as MoneyValue, type NewOrder, type PaymentMethod } from "@ordercast/client";
import { useOrdercast } from "@ordercast/react";
import { ShoppingBag } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useForm } from "react-hook-form";
import { useLocation } from "wouter";

import { useConfig } from "../../api/config";
import { PageHeading } from "../../layout/PageHeading";
import { useAccount } from "../../session/session";
import { Button, Card, EmptyState, formatMoney, LinkButton, Loading, Money, Skeleton, toast } from "../../ui";
import { emptyCart, useCart } from "../cart/cart";
import { lineTotal, totalOf, type Cart } from "../cart/maths";
import { AddressFields } from "./AddressFields";
import { addressOf, formOf, isField, type AddressForm } from "./address";
import { openAttempt } from "./attempt";
import styles from "./CheckoutPage.module.css";
import { PaymentChoice } from "./PaymentChoice";
import { placeAgain, placeOnce, type Placed, type Send } from "./placing";
import { refusalOf, type Refusal } from "./refusal";
import { RefusalNote } from "./RefusalNote";

/** Where the last order went: what most people want again. Undefined while it is asked for, null where there is none. */
function useLastAddress(): Address | null | undefined {
  const { api } = useOrdercast();
  const [address, setAddress] = useState<Address | null>();
  useEffect(() => {
    const gone = new AbortController();
    unwrap(api.GET("/api/v1/orders", { params: { query: { limit: 1 } }, signal: gone.signal })).then(
      ({ orders }) => setAddress(orders[0]?.shippingAddress ?? null),
      // Nobody answers: the form can be filled in by hand all the same.
      () => gone.signal.aborted || setAddress(null),
    );
    return () => gone.abort();
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
          title="There is nothing to order yet"
          action={
            <LinkButton href="/" look="primary">
              To the shop
            </LinkButton>
          }
        >
          Put something into your cart first.
        </EmptyState>
      ) : lastAddress === undefined ? (
        <Loading label="Loading the checkout">
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
  const { orders } = useOrdercast();
  const { testPayment } = useConfig();
  const [, navigate] = useLocation();
  const [method, setMethod] = useState<PaymentMethod>("cash_on_delivery");
  const [refusal, setRefusal] = useState<Refusal | undefined>(() =>
    openAttempt() ? { kind: "unknown", message: "You left before there was an answer." } : undefined,
  );
  const [busy, setBusy] = useState(false);
  // State comes a render late for the second click of a double click.
  const placing = useRef(false);
  const fields = useForm<AddressForm>({
    defaultValues: formOf(lastAddress ?? { name: account.name ?? "" }),
    mode: "onTouched",
  });
  const total = totalOf(cart);

  const send: Send = (order, idempotencyKey) => orders.place(order, { idempotencyKey });

  function place(form: AddressForm, expected: MoneyValue | undefined) {
    const order: NewOrder = {
      items: itemsOf(cart),
      shippingAddress: addressOf(form),
      paymentMethod: method,
      ...(expected && { expectedTotal: expected }),
    };
    return settle(() => placeOnce(order, send));
  }

  async function settle(attempt: () => Promise<Placed | undefined>) {
    if (placing.current) return;
    placing.current = true;
    setBusy(true);
    // Its button has the focus, and tells that it is at work.
    setRefusal((before) => (before?.kind === "unknown" ? before : undefined));
    try {
      const placed = await attempt();
      if (placed) return arrived(placed);
    } catch (error) {
      refused(refusalOf(error, openAttempt() !== undefined));
    }
    setBusy(false);
    placing.current = false;
  }

  function arrived({ order, sent, isEarlier }: Placed) {
    navigate(`/orders/${order.id}`, { replace: true });
    const isCart = JSON.stringify(sent.items) === JSON.stringify(itemsOf(cart));
    const description = isCart
      ? "Please check where it goes and how you pay."
      : "What you chose since then is still in your cart.";
    if (isEarlier || !isCart) toast.info("Your order arrived as you sent it first", { description });
    if (isCart) emptyCart();
  }

  function refused(why: Refusal) {
    if (why.kind === "fields") {
      for (const { field, message } of why.fields) {
        const name = field.replace(/^shippingAddress\./, "");
        if (isField(name)) fields.setError(name, { message });
      }
    }
    setRefusal(why);
  }

  const submit = (expected: MoneyValue | undefined) => fields.handleSubmit((form) => place(form, expected));
  // Where nothing is kept any more of what may have arrived, what the form says is sent.
  const tryAgain = () => void (openAttempt() ? settle(() => placeAgain(send)) : submit(total)());

  return (
    <form className={styles.columns} noValidate onSubmit={(event) => void submit(total)(event)}>
      <div className={styles.left}>
        <Card title="Where it goes">
          <AddressFields register={fields.register} errors={fields.formState.errors} />
        </Card>
        <Card title="How you pay">
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
          <RefusalNote
            refusal={refusal}
            cart={cart}
            shown={total}
            busy={busy}
            onSolved={() => setRefusal(undefined)}
            onTryAgain={tryAgain}
            onAccept={(accepted) => void submit(accepted)()}
          />
        )}
        <Button type="submit" look="primary" size="lg" wide busy={busy}>
          {busy ? "Placing your order…" : "Place order"}
        </Button>
        <p className={styles.small}>
          {method === "online"
            ? "You pay in the next step."
            : total && `You pay ${formatMoney(total)} when it is there.`}{" "}
          You can cancel until we begin with it.
        </p>
      </Card>
    </form>
  );
}
