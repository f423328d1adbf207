import type { FieldErrors, UseFormRegister } from "react-hook-form";

import { TextField } from "../../ui";
import styles from "./CheckoutPage.module.css";
import type { AddressForm } from "./address";

/** Fields with autofill names and the server's length limits. */
export function AddressFields({
  register,
  errors,
}: {
  register: UseFormRegister<AddressForm>;
  errors: FieldErrors<AddressForm>;
}) {
  const required = (what: string) => ({
    validate: (value: string | undefined) => Boolean(value?.trim()) || `Enter ${what}`,
  });
  return (
    <div className={styles.fields}>
      <TextField
        label="Full name"
        autoComplete="name"
        maxLength={120}
        error={errors.name?.message}
        className={styles.fullWidth}
        {...register("name", required("the full name"))}
      />
      <TextField
        label="Phone"
        type="tel"
        optional
        autoComplete="tel"
        maxLength={40}
        hint="In case the driver can’t find you."
        error={errors.phone?.message}
        className={styles.fullWidth}
        {...register("phone")}
      />
      <TextField
        label="Street and house number"
        autoComplete="address-line1"
        maxLength={200}
        error={errors.line1?.message}
        className={styles.fullWidth}
        {...register("line1", required("the street and house number"))}
      />
      <TextField
        label="Apartment, floor, company"
        optional
        autoComplete="address-line2"
        maxLength={200}
        error={errors.line2?.message}
        className={styles.fullWidth}
        {...register("line2")}
      />
      <TextField
        label="Postal code"
        optional
        autoComplete="postal-code"
        maxLength={20}
        error={errors.postalCode?.message}
        {...register("postalCode")}
      />
      <TextField
        label="City"
        autoComplete="address-level2"
        maxLength={120}
        error={errors.city?.message}
        {...register("city", required("the city"))}
      />
      <TextField
        label="State or region"
        optional
        autoComplete="address-level1"
        maxLength={120}
        error={errors.region?.message}
        {...register("region")}
      />
      <TextField
        label="Country"
        optional
        autoComplete="country-name"
        maxLength={60}
        error={errors.country?.message}
        {...register("country")}
      />
    </div>
  );
}
