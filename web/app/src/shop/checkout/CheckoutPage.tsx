import { ShoppingBag } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useForm } from "react-hook-form";
import { useLocation } from "wouter";

import { useConfig } from "../../api/config";
import { messageOf, request } from "../../api/http";
import { PageHeading } from "../../layout/PageHeading";
import { useAccount } from "../../session/session";
import { Button, Card, EmptyState, formatMoney, LinkButton, Loading, Money, Skeleton, type MoneyValue } from "../../ui";
import { emptyCart, useCart } from "../cart/cart";
import { lineTotal, totalOf, type Cart } from "../cart/maths";
import { AddressFields } from "./AddressFields";
import { forgetAttempt, idempotencyKeyOf, type Address, type NewOrder, type PaymentMethod } from "./attempt";
import styles from "./CheckoutPage.module.css";
import { PaymentChoice } from "./PaymentChoice";
import { refusalOf, type Refusal } from "./refusal";
import { RefusalNote } from "./RefusalNote";

interface PlacedOrder {
  id: string;
  number: string;
  shippingAddress?: Address | null;
}

/** Where the last order went: what most people want again. Undefined while it is asked for, null where there is none. */
function useLastAddress(): Address | null | undefined {
  const [address, setAddress] = useState<Address | null>();
  useEffect(() => {
    const gone = new AbortController();
    request<{ orders: PlacedOrder[] }>("GET", "/api/v1/orders?limit=1", { signal: gone.signal }).then(
      ({ orders }) => setAddress(orders[0]?.shippingAddress ?? null),
      // Nobody answers: the form can be filled in by hand all the same.
      () => gone.signal.aborted || setAddress(null),
    );
    return () => gone.abort();
  }, []);
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
  const { testPayment } = useConfig();
  const [, navigate] = useLocation();
  const [method, setMethod] = useState<PaymentMethod>("cash_on_delivery");
  const [refusal, setRefusal] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  // State comes a render late for the second click of a double click.
  const placing = useRef(false);
  const form = useForm<Address>({ defaultValues: lastAddress ?? { name: account.name ?? "" }, mode: "onTouched" });
  const total = totalOf(cart);

  async function place(address: Address, expected: MoneyValue | undefined) {
    if (placing.current) return;
    placing.current = true;
    setBusy(true);
    setRefusal(undefined);
    const order: NewOrder = {
      items: cart.map(({ productId, quantity }) => ({ productId, quantity })),
      shippingAddress: filled(address),
      paymentMethod: method,
      ...(expected && { expectedTotal: expected }),
    };
    try {
      const placed = await request<PlacedOrder>("POST", "/api/v1/orders", { body: order, headers: { "idempotency-key": idempotencyKeyOf(JSON.stringify(order)) } });
      forgetAttempt();
      navigate(`/orders/${placed.id}`, { replace: true });
      emptyCart();
    } catch (error) {
      const why = refusalOf(error, messageOf);
      if (why.kind === "fields") {
        for (const [path, message] of why.fields) {
          const field = path.split(".")[1];
          if (path.startsWith("shippingAddress.") && field) form.setError(field as keyof Address, { message });
        }
      }
      setRefusal(why);
      setBusy(false);
      placing.current = false;
    }
  }

  const submit = (expected: MoneyValue | undefined) => form.handleSubmit((address) => place(address, expected));

  return (
    <form className={styles.columns} noValidate onSubmit={(event) => void submit(total)(event)}>
      <div className={styles.left}>
        <Card title="Where it goes">
          <AddressFields register={form.register} errors={form.formState.errors} />
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

/** Without the fields that were left empty. */
function filled(address: Address): Address {
  const given = Object.entries(address).flatMap(([field, value]) => (typeof value === "string" && value.trim() ? [[field, value.trim()]] : []));
  return { name: "", line1: "", city: "", ...Object.fromEntries(given) };
}
