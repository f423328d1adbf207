import { useNow } from "@ordercast/react";
import { useState } from "react";

import { useConfig } from "../../api/config";
import { messageOf } from "../../api/http";
import { Banner, formatInteger, formatMoney, fractionDigits, Select } from "../../ui";
import { LOCALE } from "../../ui/locale";
import { useStats } from "../data/live";
import { PageBar } from "../layout/PageBar";
import { useMediaQuery } from "../ui/useMediaQuery";
import { Chart } from "./Chart";
import styles from "./DashboardPage.module.css";
import { hoursOfToday, revenueOfDays } from "./series";
import { StatusBars } from "./StatusBars";
import { Tiles } from "./Tiles";
import { TopProducts } from "./TopProducts";
import { useSeries } from "./useSeries";

const PERIODS = [7, 14, 30, 90];

/** `/admin/dashboard`: today's figures and the charts of the last weeks, live. */
export default function DashboardPage() {
  const { timeZone, currency } = useConfig();
  const now = useNow();
  const stats = useStats();
  const [days, setDays] = useState(14);
  const period = `last ${days} days`;
  const narrow = useMediaQuery("(width < 48rem)");
  const hours = useSeries("hour", 2);
  const past = useSeries("day", days);
  const error = hours.error ?? past.error;
  const choose = (
    <Select
      className={styles.period}
      aria-label="Chart period"
      value={days}
      onChange={({ target }) => setDays(Number(target.value))}
    >
      {PERIODS.map((count) => (
        <option key={count} value={count}>
          Last {count} days
        </option>
      ))}
    </Select>
  );
  return (
    <div className={styles.page}>
      <PageBar title="Dashboard">{!narrow && choose}</PageBar>
      {narrow && choose}
      <Tiles stats={stats} deliveryTime={past.series?.deliveryTime} period={period} />
      {error !== null && (
        <Banner severity="warning" title="The charts could not be loaded">
          {messageOf(error)}
        </Banner>
      )}
      <div className={styles.charts}>
        <Chart
          title="Orders per hour, today"
          kind="bars"
          unit="Orders today"
          before="Yesterday"
          bars={hoursOfToday(hours.series?.points ?? [], now, timeZone)}
          format={formatInteger}
          formatTick={formatInteger}
        />
        <Chart
          title={`Revenue per day, ${period}`}
          kind="area"
          unit="Revenue"
          bars={revenueOfDays(past.series?.points ?? [], days, currency, now, timeZone)}
          format={(amount) => formatMoney({ amount, currency })}
          formatTick={(amount) => formatShort(amount, currency)}
        />
        <StatusBars stats={stats} />
        <TopProducts products={past.series?.topProducts ?? []} period={period} />
      </div>
    </div>
  );
}

/** "€1.2K": the axis has little room. */
function formatShort(amount: number, currency: string): string {
  const format = new Intl.NumberFormat(LOCALE, {
    style: "currency",
    currency,
    notation: "compact",
    maximumFractionDigits: 1,
    minimumFractionDigits: 0,
  });
  return format.format(amount / 10 ** fractionDigits(currency));
}
