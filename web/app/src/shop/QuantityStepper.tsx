import { Minus, Plus, Trash2 } from "lucide-react";

import { cx } from "../ui";
import styles from "./QuantityStepper.module.css";

export interface QuantityStepperProps {
  /** For the accessible names of the buttons. */
  productName: string;
  quantity: number;
  /** The most that can be chosen. */
  available: number;
  onChange: (quantity: number) => void;
  wide?: boolean;
}

/** Increases and decreases a quantity; 0 removes the product from the cart. */
export function QuantityStepper({ productName, quantity, available, onChange, wide }: QuantityStepperProps) {
  return (
    <div className={cx(styles.stepper, wide && styles.wide)} role="group" aria-label={`Quantity of ${productName}`}>
      <button
        type="button"
        aria-label={quantity > 1 ? `Decrease quantity of ${productName}` : `Remove ${productName}`}
        onClick={() => onChange(quantity - 1)}
      >
        {quantity > 1 ? <Minus aria-hidden="true" /> : <Trash2 aria-hidden="true" />}
      </button>
      <output className="tabular" aria-live="polite">
        {quantity}
      </output>
      <button
        type="button"
        aria-label={`Increase quantity of ${productName}`}
        // Not `disabled`: a button that has the focus would lose it.
        aria-disabled={quantity >= available}
        onClick={() => quantity < available && onChange(quantity + 1)}
      >
        <Plus aria-hidden="true" />
      </button>
    </div>
  );
}
