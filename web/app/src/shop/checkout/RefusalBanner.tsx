import { Banner, Button, formatMoney, LinkButton, Money, type MoneyValue } from "../../ui";
import { putInCart } from "../cart/cart";
import { quantityOf, type Cart } from "../cart/totals";
import styles from "./CheckoutPage.module.css";
import type { Refusal } from "./refusal";

export interface RefusalBannerProps {
  refusal: Refusal;
  cart: Cart;
  shown: MoneyValue | undefined;
  busy: boolean;
  onSolved: () => void;
  onTryAgain: () => void;
  onAccept: (total: MoneyValue) => void;
}

/** Why the order was not placed, with the action that solves it. */
export function RefusalBanner({ refusal, cart, shown, busy, onSolved, onTryAgain, onAccept }: RefusalBannerProps) {
  switch (refusal.kind) {
    case "out_of_stock": {
      const line = cart.find((line) => line.productId === refusal.productId);
      const { available, name } = refusal;
      return (
        <Banner
          severity="warning"
          title={available === 0 ? `${name} has just sold out` : `Only ${available} left of ${name}`}
          action={
            line && (
              <Button
                size="sm"
                onClick={() => {
                  putInCart({ id: line.productId, name: line.name, price: line.price }, available);
                  onSolved();
                }}
              >
                {available === 0 ? "Remove" : `Order ${available}`}
              </Button>
            )
          }
        >
          You asked for {quantityOf(cart, refusal.productId)}. Your order has not been placed.
        </Banner>
      );
    }
    case "archived": {
      const line = cart.find((line) => line.productId === refusal.productId);
      return (
        <Banner
          severity="warning"
          title={`${line?.name ?? refusal.name} is no longer sold`}
          action={
            line && (
              <Button
                size="sm"
                onClick={() => {
                  putInCart({ id: line.productId, name: line.name, price: line.price }, 0);
                  onSolved();
                }}
              >
                Remove
              </Button>
            )
          }
        >
          Your order has not been placed.
        </Banner>
      );
    }
    case "total_changed":
      return (
        <Banner
          severity="warning"
          title="The total has changed"
          action={
            <Button size="sm" onClick={() => onAccept(refusal.total)}>
              Order for {formatMoney(refusal.total)}
            </Button>
          }
        >
          The total is now <Money value={refusal.total} />
          {shown && (
            <>
              , it was <Money value={shown} />
            </>
          )}
          . Your order has not been placed.
        </Banner>
      );
    case "fields":
      return (
        <Banner severity="error" title="Check the address">
          Correct the marked fields, then place the order again.
        </Banner>
      );
    case "unknown":
      return (
        <Banner
          severity="error"
          title="We don’t know yet whether your order went through"
          action={
            <div className={styles.options}>
              <Button size="sm" busy={busy} onClick={onTryAgain}>
                Try again
              </Button>
              <LinkButton size="sm" href="/orders">
                Your orders
              </LinkButton>
            </div>
          }
        >
          {refusal.message} Trying again is safe: you won’t be charged or sent anything twice.
        </Banner>
      );
    case "other":
      return (
        <Banner severity="error" title="Your order was not placed">
          {refusal.message}
        </Banner>
      );
  }
}
