import { LOCALE } from "./locale";

/** Minor units and a currency, as the API has it: 1999 EUR is 19.99 €. */
export interface MoneyValue {
  amount: number;
  currency: string;
}

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(currency: string): Intl.NumberFormat {
  let made = formatters.get(currency);
  if (!made) formatters.set(currency, (made = new Intl.NumberFormat(LOCALE, { style: "currency", currency })));
  return made;
}

/** Minor units of each currency differ: 2 digits for euro, none for yen, 3 for the Kuwaiti dinar. */
export function formatMoney({ amount, currency }: MoneyValue): string {
  const format = formatter(currency);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}
