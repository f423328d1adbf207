import { ShoppingBag } from "lucide-react";
import { useRef } from "react";

import { PageHeading } from "../../layout/PageHeading";
import { isStaff, useSession } from "../../session/session";
import { Button, Card, EmptyState, formatMoney, LinkButton, Money } from "../../ui";
import { useFocusAfterRemoval } from "../../ui/useFocusAfterRemoval";
import { useProducts, type Product } from "../products";
import { ProductPicture } from "../ProductPicture";
import { QuantityStepper } from "../QuantityStepper";
import { putInCart, useCart } from "./cart";
import styles from "./CartPage.module.css";
import { countOf, lineTotal, totalOf, cartIssue, type Cart, type CartLine, type CartIssue } from "./totals";

export default function CartPage() {
  const cart = useCart();
  const page = useRef<HTMLDivElement>(null);
  // From the removed item to the one that took its place, or the last one, or the heading of the empty cart.
  const removedAt = useRef(0);
  useFocusAfterRemoval(page, cart.length, (element) => {
    const lines = [...element.querySelectorAll("li")];
    const next = lines[Math.min(removedAt.current, lines.length - 1)];
    return next?.querySelector("button") ?? element.querySelector<HTMLElement>("h1");
  });
  return (
    <div
      ref={page}
      onFocus={({ target }) => {
        const line = target.closest("li");
        if (line?.parentElement) removedAt.current = [...line.parentElement.children].indexOf(line);
      }}
    >
      <Content cart={cart} />
    </div>
  );
}

function Content({ cart }: { cart: Cart }) {
  const { account } = useSession();
  const { products, hasMore, isStale } = useProducts();
  const total = totalOf(cart);
  const count = countOf(cart);

  if (cart.length === 0 || isStaff(account)) {
    return (
      <>
        <PageHeading>Your cart</PageHeading>
        <EmptyState
          icon={ShoppingBag}
          title={isStaff(account) ? "Staff cannot place orders" : "Your cart is empty"}
          action={
            <LinkButton href="/" variant="primary">
              Back to shop
            </LinkButton>
          }
        >
          {isStaff(account) ? "Sign in as a customer to order." : "Items stay in your cart on this device."}
        </EmptyState>
      </>
    );
  }

  // Only a completely loaded and current catalog can tell that a product is gone.
  const catalogue = hasMore || isStale ? undefined : products;
  const lines = cart.map((line) => ({
    line,
    product: products?.find((product) => product.id === line.productId),
    issue: catalogue && cartIssue(line, catalogue),
  }));
  const isBlocked = lines.some(({ issue }) => issue && issue.kind !== "price");

  return (
    <>
      <PageHeading title={`Your cart (${count})`}>Your cart</PageHeading>
      <div className={styles.columns}>
        <Card flush aria-label="Items">
          <ul>
            {lines.map(({ line, product, issue }) => (
              <CartItem key={line.productId} line={line} product={product} issue={issue} />
            ))}
          </ul>
        </Card>
        <Card title="Summary" className={styles.summary}>
          <dl className={styles.totals}>
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
          {isBlocked ? (
            <p className={styles.blocked} role="status">
              Some items cannot be ordered. Update your cart to continue.
            </p>
          ) : (
            <LinkButton href="/checkout" variant="primary" size="lg" wide>
              Checkout
            </LinkButton>
          )}
          <LinkButton href="/" variant="quiet" wide>
            Continue shopping
          </LinkButton>
        </Card>
      </div>
    </>
  );
}

function CartItem({
  line,
  product,
  issue,
}: {
  line: CartLine;
  product: Product | undefined;
  issue: CartIssue | undefined;
}) {
  const change = (quantity: number) =>
    putInCart(product ?? { id: line.productId, name: line.name, price: line.price }, quantity);
  const isUnavailable = issue?.kind === "gone" || issue?.kind === "sold_out";
  return (
    <li className={styles.line}>
      <ProductPicture image={product?.image} faded={isUnavailable} />
      <div>
        <p className={styles.name}>{line.name}</p>
        <p className={styles.unitPrice}>{formatMoney(line.price)} each</p>
        {issue && <CartIssueNote issue={issue} change={change} quantity={line.quantity} />}
      </div>
      <div className={styles.amount}>
        {isUnavailable ? (
          <Button size="sm" variant="danger" aria-label={`Remove ${line.name}`} onClick={() => change(0)}>
            Remove
          </Button>
        ) : (
          <QuantityStepper
            productName={line.name}
            quantity={line.quantity}
            available={product?.available ?? line.quantity}
            onChange={change}
          />
        )}
        <Money value={lineTotal(line)} className={styles.lineTotal} />
      </div>
    </li>
  );
}

function CartIssueNote({
  issue,
  change,
  quantity,
}: {
  issue: CartIssue;
  change: (quantity: number) => void;
  quantity: number;
}) {
  switch (issue.kind) {
    case "gone":
      return <p className={styles.issue}>No longer sold.</p>;
    case "sold_out":
      return <p className={styles.issue}>Sold out.</p>;
    case "too_few":
      return (
        <p className={styles.issue}>
          Only {issue.available} left. <button onClick={() => change(issue.available)}>Take {issue.available}</button>
        </p>
      );
    case "price":
      return (
        <p className={styles.issue}>
          Now {formatMoney(issue.now)} each. <button onClick={() => change(quantity)}>OK</button>
        </p>
      );
  }
}
