import type { Address } from "@ordercast/client";

/** An address as form text. */
export type AddressForm = Record<
  "name" | "phone" | "line1" | "line2" | "city" | "region" | "postalCode" | "country",
  string
>;

export function formOf(address: Partial<Address>): AddressForm {
  const { name, phone, line1, line2, city, region, postalCode, country } = address;
  return {
    name: name ?? "",
    phone: phone ?? "",
    line1: line1 ?? "",
    line2: line2 ?? "",
    city: city ?? "",
    region: region ?? "",
    postalCode: postalCode ?? "",
    country: country ?? "",
  };
}

/** Leaves out empty fields. */
export function addressOf(form: AddressForm): Address {
  const given = Object.entries(form).flatMap(([field, value]) => (value.trim() ? [[field, value.trim()]] : []));
  return { name: "", line1: "", city: "", ...Object.fromEntries(given) };
}

export function isField(name: string): name is keyof AddressForm {
  return name in formOf({});
}
