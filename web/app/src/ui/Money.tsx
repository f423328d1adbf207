import { formatMoney, type MoneyValue } from "./money";

export function Money({ value, className }: { value: MoneyValue; className?: string | undefined }) {
  return <span className={className ?? "tabular"}>{formatMoney(value)}</span>;
}
