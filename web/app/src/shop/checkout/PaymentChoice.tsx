import type { PaymentMethod } from "@ordercast/client";
import { Banknote, FlaskConical } from "lucide-react";

import { Badge } from "../../ui";
import styles from "./PaymentChoice.module.css";

export function PaymentChoice({
  value,
  onChange,
  testPayment,
}: {
  value: PaymentMethod;
  onChange: (method: PaymentMethod) => void;
  testPayment: boolean;
}) {
  return (
    <fieldset className={styles.choices}>
      <legend className="visually-hidden">Payment</legend>
      <label className={styles.choice}>
        <input
          type="radio"
          name="payment"
          checked={value === "cash_on_delivery"}
          onChange={() => onChange("cash_on_delivery")}
        />
        <Banknote aria-hidden="true" />
        <span className={styles.text}>
          <span className={styles.name}>Cash on delivery</span>
          <span className={styles.more}>Pay the driver on delivery.</span>
        </span>
      </label>
      {testPayment && (
        <label className={styles.choice}>
          <input type="radio" name="payment" checked={value === "online"} onChange={() => onChange("online")} />
          <FlaskConical aria-hidden="true" />
          <span className={styles.text}>
            <span className={styles.name}>
              Test payment <Badge tone="warning">Demo</Badge>
            </span>
            <span className={styles.more}>Simulates an online payment. No money is charged.</span>
          </span>
        </label>
      )}
    </fieldset>
  );
}
