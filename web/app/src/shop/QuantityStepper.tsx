import { Minus, Plus, Trash2 } from "lucide-react";

import { cx } from "../ui";
import styles from "./QuantityStepper.module.css";

export interface QuantityStepperProps {
  /** Of what, for those who do not see what it stands beside. */
  of: string;
  quantity: number;
  /** How many there are. */
  available: number;
  onChange: (quantity: number) => void;
  wide?: boolean;
}

/** One more, one less; less than one takes it out of the cart. */
export function QuantityStepper({ of, quantity, available, onChange, wide }: QuantityStepperProps) {
  return (
    <div className={cx(styles.stepper, wide && styles.wide)} role="group" aria-label={`Quantity of ${of}`}>
      <button
        type="button"
        aria-label={quantity > 1 ? `One less of ${of}` : `Remove ${of}`}
        onClick={() => onChange(quantity - 1)}
      >
        {quantity > 1 ? <Minus aria-hidden="true" /> : <Trash2 aria-hidden="true" />}
      </button>
      <output className="tabular" aria-live="polite">
        {quantity}
      </output>
      <button
        type="button"
        aria-label={`One more of ${of}`}
        disabled={quantity >= available}
        onClick={() => onChange(quantity + 1)}
      >
        <Plus aria-hidden="true" />
      </button>
    </div>
  );
}
