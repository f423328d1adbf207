import { ShoppingBag } from "lucide-react";

import { PageHeading } from "../../layout/PageHeading";
import { isStaff, useSession } from "../../session/session";
import { Button, Card, EmptyState, formatMoney, LinkButton, Money } from "../../ui";
import { useProducts, type Product } from "../products";
import { ProductPicture } from "../ProductPicture";
import { QuantityStepper } from "../QuantityStepper";
import { putInCart, useCart } from "./cart";
import styles from "./CartPage.module.css";
import { countOf, lineTotal, totalOf, troubleOf, type CartLine, type Trouble } from "./maths";

export default function CartPage() {
  const cart = useCart();
  const { account } = useSession();
  const { products, hasMore } = useProducts();
  const total = totalOf(cart);
  const count = countOf(cart);

  if (cart.length === 0 || isStaff(account)) {
    return (
      <>
        <PageHeading>Your cart</PageHeading>
        <EmptyState
          icon={ShoppingBag}
          title={isStaff(account) ? "Staff cannot order" : "Your cart is empty"}
          action={
            <LinkButton href="/" look="primary">
              To the shop
            </LinkButton>
          }
        >
          {isStaff(account)
            ? "Sign in as a customer to fill a cart."
            : "What you put in stays here until you order, on this device."}
        </EmptyState>
      </>
    );
  }

  // Only a catalogue that is here whole can say that something is gone.
  const catalogue = hasMore ? undefined : products;
  const lines = cart.map((line) => ({
    line,
    product: products?.find((product) => product.id === line.productId),
    trouble: catalogue && troubleOf(line, catalogue),
  }));
  const stuck = lines.some(({ trouble }) => trouble && trouble.kind !== "price");

  return (
    <>
      <PageHeading title={`Your cart (${count})`}>Your cart</PageHeading>
      <div className={styles.columns}>
        <Card flush aria-label="What is in it">
          <ul>
            {lines.map(({ line, product, trouble }) => (
              <Line key={line.productId} line={line} product={product} trouble={trouble} />
            ))}
          </ul>
        </Card>
        <Card title="Summary" className={styles.summary}>
          <dl className={styles.sums}>
            <div>
              <dt>{count === 1 ? "1 item" : `${count} items`}</dt>
              <dd>{total && <Money value={total} />}</dd>
            </div>
            <div>
              <dt>Delivery</dt>
              <dd>Free</dd>
            </div>
            <div className={styles.total}>
              <dt>Total</dt>
              <dd>{total && <Money value={total} />}</dd>
            </div>
          </dl>
          {stuck ? (
            <p className={styles.stuck} role="status">
              Something in your cart cannot be ordered as it is. Change it to go on.
            </p>
          ) : (
            <LinkButton href="/checkout" look="primary" size="lg" wide>
              Check out
            </LinkButton>
          )}
          <LinkButton href="/" look="quiet" wide>
            Keep shopping
          </LinkButton>
        </Card>
      </div>
    </>
  );
}

function Line({
  line,
  product,
  trouble,
}: {
  line: CartLine;
  product: Product | undefined;
  trouble: Trouble | undefined;
}) {
  const change = (quantity: number) =>
    putInCart(product ?? { id: line.productId, name: line.name, price: line.price }, quantity);
  const gone = trouble?.kind === "gone" || trouble?.kind === "sold_out";
  return (
    <li className={styles.line}>
      <ProductPicture image={product?.image} faded={gone} className={styles.picture} />
      <div className={styles.words}>
        <p className={styles.name}>{line.name}</p>
        <p className={styles.each}>{formatMoney(line.price)} each</p>
        {trouble && <TroubleNote trouble={trouble} change={change} quantity={line.quantity} />}
      </div>
      <div className={styles.amount}>
        {gone ? (
          <Button size="sm" look="danger" aria-label={`Remove ${line.name}`} onClick={() => change(0)}>
            Remove
          </Button>
        ) : (
          <QuantityStepper
            of={line.name}
            quantity={line.quantity}
            available={product?.available ?? line.quantity}
            onChange={change}
          />
        )}
        <Money value={lineTotal(line)} className={styles.sum} />
      </div>
    </li>
  );
}

function TroubleNote({
  trouble,
  change,
  quantity,
}: {
  trouble: Trouble;
  change: (quantity: number) => void;
  quantity: number;
}) {
  switch (trouble.kind) {
    case "gone":
      return <p className={styles.trouble}>No longer sold.</p>;
    case "sold_out":
      return <p className={styles.trouble}>Sold out.</p>;
    case "too_few":
      return (
        <p className={styles.trouble}>
          Only {trouble.available} left.{" "}
          <button onClick={() => change(trouble.available)}>Take {trouble.available}</button>
        </p>
      );
    case "price":
      return (
        <p className={styles.trouble}>
          Now {formatMoney(trouble.now)} each. <button onClick={() => change(quantity)}>All right</button>
        </p>
      );
  }
}
