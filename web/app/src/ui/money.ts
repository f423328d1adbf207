import { LOCALE } from "./locale";

/** An amount in minor units: 1999 EUR is €19.99. */
export interface MoneyValue {
  amount: number;
  currency: string;
}

const formatters = new Map<string, Intl.NumberFormat>();
let serverDigits: Readonly<Record<string, number>> = {};

/**
 * Takes over the server's digits; currencies without an entry have 2. `Intl` follows other rules: it shows forints without
 * digits, where ISO 4217 and the server have 2, and browsers differ.
 */
export function setCurrencyDigits(digits: Readonly<Record<string, number>>) {
  serverDigits = digits;
  formatters.clear();
}

/** The number of minor-unit digits of a currency: 2 for euro, 0 for yen, 3 for Kuwaiti dinar. */
export function fractionDigits(currency: string): number {
  return serverDigits[currency] ?? 2;
}

function formatter(currency: string): Intl.NumberFormat {
  let format = formatters.get(currency);
  if (!format) {
    const digits = fractionDigits(currency);
    format = new Intl.NumberFormat(LOCALE, {
      style: "currency",
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    formatters.set(currency, format);
  }
  return format;
}

export function formatMoney({ amount, currency }: MoneyValue): string {
  return formatter(currency).format(amount / 10 ** fractionDigits(currency));
}
