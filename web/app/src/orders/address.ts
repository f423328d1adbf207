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

/** "Germany" for `DE` and `de`; any other text stays as it is. */
export function countryName(country: string | null | undefined, locale = LOCALE): string | null | undefined {
  const code = country?.trim().toUpperCase();
  if (!code || !/^[A-Z]{2}$/.test(code)) return country;
  return new Intl.DisplayNames(locale, { type: "region", fallback: "none" }).of(code) ?? country;
}

let codes: Map<string, string> | undefined;

/** `DE` for "Germany" and "de"; any other text stays as it is. */
export function countryCode(country: string): string {
  codes ??= new Map(LETTERS.flatMap((first) => LETTERS.flatMap((second) => namedCode(first + second))));
  return codes.get(country.trim().toLowerCase()) ?? country;
}

const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** The code by its name and by itself; nothing for a code without a country. */
function namedCode(code: string): [string, string][] {
  const name = new Intl.DisplayNames(LOCALE, { type: "region", fallback: "none" }).of(code);
  // An alias such as `UK` stands for its region, `GB`.
  const region = new Intl.Locale(`und-${code}`).region ?? code;
  return name
    ? [
        [name.toLowerCase(), region],
        [code.toLowerCase(), region],
      ]
    : [];
}
