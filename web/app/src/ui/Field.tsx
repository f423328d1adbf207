import { CircleAlert } from "lucide-react";
import { useId, type ComponentProps, type ReactNode } from "react";

import { cx } from "./cx";
import styles from "./Field.module.css";

interface FieldOwn {
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong. Announced, and bound to the control. */
  error?: string | undefined;
  optional?: boolean;
}

interface Bound {
  id: string;
  "aria-invalid": true | undefined;
  "aria-describedby": string | undefined;
}

/** A label, a control, a hint, and what is wrong. `children` gets what binds the control to them. */
export function Field({
  label,
  hint,
  error,
  optional,
  className,
  children,
}: FieldOwn & { className?: string | undefined; children: (bound: Bound) => ReactNode }) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={cx(styles.field, className)}>
      <label htmlFor={id} className={styles.label}>
        {label}
        {optional && <span className={styles.optional}> (optional)</span>}
      </label>
      {children({ id, "aria-invalid": error ? true : undefined, "aria-describedby": described || undefined })}
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      <p id={`${id}-error`} className={styles.error} role="alert" hidden={!error}>
        <CircleAlert aria-hidden="true" />
        {error}
      </p>
    </div>
  );
}

export function TextField({ label, hint, error, optional, className, ...rest }: FieldOwn & ComponentProps<"input">) {
  return (
    <Field {...{ label, hint, className }} error={error} optional={optional ?? false}>
      {(bound) => <Input {...rest} {...bound} />}
    </Field>
  );
}

export function SelectField({ label, hint, error, optional, className, ...rest }: FieldOwn & ComponentProps<"select">) {
  return (
    <Field {...{ label, hint, className }} error={error} optional={optional ?? false}>
      {(bound) => <Select {...rest} {...bound} />}
    </Field>
  );
}

export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea rows={3} {...rest} className={cx(styles.control, styles.area, className)} />;
}

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={cx(styles.control, className)} />;
}

/** The system's own: on a phone nothing is better. */
export function Select({ className, ...rest }: ComponentProps<"select">) {
  return <select {...rest} className={cx(styles.control, styles.select, className)} />;
}

export function Checkbox({ className, ...rest }: Omit<ComponentProps<"input">, "type">) {
  return <input {...rest} type="checkbox" className={cx(styles.checkbox, className)} />;
}
