import { LOCALE } from "./locale";

const integer = new Intl.NumberFormat(LOCALE);

/** "12,345". */
export function formatInteger(value: number): string {
  return integer.format(value);
}
