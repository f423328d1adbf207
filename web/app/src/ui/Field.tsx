import { CircleAlert } from "lucide-react";
import { useId, type ComponentProps, type ReactNode } from "react";

import { cx } from "./cx";
import styles from "./Field.module.css";

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** Announced to screen readers and linked to the control. */
  error?: string | undefined;
  optional?: boolean;
}

interface ControlProps {
  id: string;
  "aria-invalid": true | undefined;
  "aria-describedby": string | undefined;
}

/** A label, a control, a hint and an error. `children` receives the attributes that link them. */
export function Field({
  label,
  hint,
  error,
  optional,
  className,
  children,
}: FieldProps & { className?: string | undefined; children: (controlProps: ControlProps) => ReactNode }) {
  const id = useId();
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={cx(styles.field, className)}>
      <label htmlFor={id} className={styles.label}>
        {label}
        {optional && <span className={styles.optional}> (optional)</span>}
      </label>
      {children({ id, "aria-invalid": error ? true : undefined, "aria-describedby": describedBy || undefined })}
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

export function TextField({ label, hint, error, optional, className, ...rest }: FieldProps & ComponentProps<"input">) {
  return (
    <Field {...{ label, hint, className }} error={error} optional={optional ?? false}>
      {(controlProps) => <Input {...rest} {...controlProps} />}
    </Field>
  );
}

export function SelectField({
  label,
  hint,
  error,
  optional,
  className,
  ...rest
}: FieldProps & ComponentProps<"select">) {
  return (
    <Field {...{ label, hint, className }} error={error} optional={optional ?? false}>
      {(controlProps) => <Select {...rest} {...controlProps} />}
    </Field>
  );
}

export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea rows={3} {...rest} className={cx(styles.control, styles.area, className)} />;
}

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={cx(styles.control, className)} />;
}

/** A native select. */
export function Select({ className, ...rest }: ComponentProps<"select">) {
  return <select {...rest} className={cx(styles.control, styles.select, className)} />;
}

export function Checkbox({ className, ...rest }: Omit<ComponentProps<"input">, "type">) {
  return <input {...rest} type="checkbox" className={cx(styles.checkbox, className)} />;
}
