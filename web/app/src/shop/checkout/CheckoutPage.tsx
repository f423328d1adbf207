import { unwrap, type Address, type Money as MoneyValue, type NewOrder, type PaymentMethod } from "@ordercast/client";
import { useOrdercast } from "@ordercast/react";
import { ShoppingBag } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useForm } from "react-hook-form";
import { useLocation } from "wouter";

import { useConfig } from "../../api/config";
import { PageHeading } from "../../layout/PageHeading";
import { useAccount } from "../../session/session";
import { Button, Card, EmptyState, formatMoney, LinkButton, Loading, Money, Skeleton } from "../../ui";
import { emptyCart, useCart } from "../cart/cart";
import { lineTotal, totalOf, type Cart } from "../cart/maths";
import { AddressFields } from "./AddressFields";
import { addressOf, formOf, isField, type AddressForm } from "./address";
import { forgetAttempt, idempotencyKeyOf } from "./attempt";
import styles from "./CheckoutPage.module.css";
import { PaymentChoice } from "./PaymentChoice";
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

function CheckoutForm({ cart, lastAddress }: { cart: Cart; lastAddress: Address | undefined }) {
  const account = useAccount();
  const { orders } = useOrdercast();
  const { testPayment } = useConfig();
  const [, navigate] = useLocation();
  const [method, setMethod] = useState<PaymentMethod>("cash_on_delivery");
  const [refusal, setRefusal] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  // State comes a render late for the second click of a double click.
  const placing = useRef(false);
  const fields = useForm<AddressForm>({ defaultValues: formOf(lastAddress ?? { name: account.name ?? "" }), mode: "onTouched" });
  const total = totalOf(cart);

  async function place(form: AddressForm, expected: MoneyValue | undefined) {
    if (placing.current) return;
    placing.current = true;
    setBusy(true);
    setRefusal(undefined);
    const order: NewOrder = {
      items: cart.map(({ productId, quantity }) => ({ productId, quantity })),
      shippingAddress: addressOf(form),
      paymentMethod: method,
      ...(expected && { expectedTotal: expected }),
    };
    try {
      const placed = await orders.place(order, { idempotencyKey: idempotencyKeyOf(order) });
      forgetAttempt();
      navigate(`/orders/${placed.id}`, { replace: true });
      emptyCart();
    } catch (error) {
      const why = refusalOf(error);
      if (why.kind === "fields") {
        for (const { field, message } of why.fields) {
          const name = field.replace(/^shippingAddress\./, "");
          if (isField(name)) fields.setError(name, { message });
        }
      }
      setRefusal(why);
      setBusy(false);
      placing.current = false;
    }
  }

  const submit = (expected: MoneyValue | undefined) => fields.handleSubmit((form) => place(form, expected));

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
        {refusal && <RefusalNote refusal={refusal} cart={cart} shown={total} onSolved={() => setRefusal(undefined)} onAccept={(accepted) => void submit(accepted)()} />}
        <Button type="submit" look="primary" size="lg" wide busy={busy}>
          {busy ? "Placing your order…" : "Place order"}
        </Button>
        <p className={styles.small}>
          {method === "online" ? "You pay in the next step." : total && `You pay ${formatMoney(total)} when it is there.`} You can cancel until we begin with it.
        </p>
      </Card>
    </form>
  );
}
