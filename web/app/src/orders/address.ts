import type { Address } from "@ordercast/client";

import { LOCALE } from "../ui/locale";

/** An address as lines, with the country in full. */
export function addressLines({ name, line1, line2, postalCode, city, region, country }: Address): string[] {
  return [
    name,
    line1,
    line2,
    [postalCode, city].filter(Boolean).join(" "),
    [region, countryName(country)].filter(Boolean).join(", "),
  ].filter((line): line is string => Boolean(line));
}

/** "Germany" for `DE`; any other text stays as it is. */
function countryName(country: string | null | undefined): string | null | undefined {
  if (!country || !/^[A-Z]{2}$/.test(country)) return country;
  return new Intl.DisplayNames(LOCALE, { type: "region", fallback: "code" }).of(country);
}
