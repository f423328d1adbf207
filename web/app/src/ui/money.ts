import { LOCALE } from "./locale";

/** An amount in minor units: 1999 EUR is €19.99. */
export interface MoneyValue {
  amount: number;
  currency: string;
}

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(currency: string): Intl.NumberFormat {
  let format = formatters.get(currency);
  if (!format) formatters.set(currency, (format = new Intl.NumberFormat(LOCALE, { style: "currency", currency })));
  return format;
}

/** The number of minor-unit digits of a currency: 2 for euro, 0 for yen, 3 for Kuwaiti dinar. */
export function fractionDigits(currency: string): number {
  return formatter(currency).resolvedOptions().maximumFractionDigits ?? 2;
}

export function formatMoney({ amount, currency }: MoneyValue): string {
  return formatter(currency).format(amount / 10 ** fractionDigits(currency));
}
