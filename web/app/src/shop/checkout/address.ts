import type { Address } from "@ordercast/client";

import { countryCode, countryName } from "../../orders/address";

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
    country: countryName(country) ?? "",
  };
}

/** Leaves out empty fields. */
export function addressOf(form: AddressForm): Address {
  const given = Object.entries(form).flatMap(([field, value]) => (value.trim() ? [[field, value.trim()]] : []));
  const address: Address = { name: "", line1: "", city: "", ...Object.fromEntries(given) };
  return address.country ? { ...address, country: countryCode(address.country) } : address;
}

export function isField(name: string): name is keyof AddressForm {
  return name in formOf({});
}
