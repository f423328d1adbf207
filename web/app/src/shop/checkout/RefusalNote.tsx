import { Banner, Button, formatMoney, LinkButton, Money, type MoneyValue } from "../../ui";
import { putInCart } from "../cart/cart";
import { quantityOf, type Cart } from "../cart/maths";
import styles from "./CheckoutPage.module.css";
import type { Refusal } from "./refusal";

export interface RefusalNoteProps {
  refusal: Refusal;
  cart: Cart;
  shown: MoneyValue | undefined;
  busy: boolean;
  onSolved: () => void;
  onTryAgain: () => void;
  onAccept: (total: MoneyValue) => void;
}

/** What stands in the way of this order, and what can be done about it here. */
export function RefusalNote({ refusal, cart, shown, busy, onSolved, onTryAgain, onAccept }: RefusalNoteProps) {
  switch (refusal.kind) {
    case "out_of_stock": {
      const line = cart.find((line) => line.productId === refusal.productId);
      const { available, name } = refusal;
      return (
        <Banner
          severity="warning"
          title={available === 0 ? `${name} has just sold out` : `Only ${available} of ${name} left`}
          action={
            line && (
              <Button
                size="sm"
                onClick={() => {
                  putInCart({ id: line.productId, name: line.name, price: line.price }, available);
                  onSolved();
                }}
              >
                {available === 0 ? "Take it out" : `Take ${available}`}
              </Button>
            )
          }
        >
          You wanted {quantityOf(cart, refusal.productId)}. Nothing was ordered yet.
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
                Take it out
              </Button>
            )
          }
        >
          Nothing was ordered yet.
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
          It is now <Money value={refusal.total} />
          {shown && (
            <>
              , and was <Money value={shown} />
            </>
          )}
          . Nothing was ordered yet.
        </Banner>
      );
    case "fields":
      return (
        <Banner severity="error" title="Something in the address is not as it should be">
          Correct what is marked, then order again.
        </Banner>
      );
    case "unknown":
      return (
        <Banner
          severity="error"
          title="We do not know yet whether your order arrived"
          action={
            <div className={styles.ways}>
              <Button size="sm" busy={busy} onClick={onTryAgain}>
                Try again
              </Button>
              <LinkButton size="sm" href="/orders">
                Your orders
              </LinkButton>
            </div>
          }
        >
          {refusal.message} Trying again does not order twice.
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
