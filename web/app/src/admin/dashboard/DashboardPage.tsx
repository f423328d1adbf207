import { useNow } from "@ordercast/react";
import { useState, type ReactNode } from "react";

import { useConfig } from "../../api/config";
import { messageOf } from "../../api/http";
import { OfflineBanner } from "../../offline/OfflineBanner";
import { Banner, Card, formatInteger, formatMoney, fractionDigits, Loading, Select, Skeleton } from "../../ui";
import { LOCALE } from "../../ui/locale";
import { timesIn } from "../../time/times";
import { PageBar } from "../layout/PageBar";
import { useMediaQuery } from "../ui/useMediaQuery";
import { Chart } from "./Chart";
import styles from "./DashboardPage.module.css";
import { hoursOfToday, revenueOfDays } from "./series";
import { StatusBars } from "./StatusBars";
import { Tiles } from "./Tiles";
import { TopProducts } from "./TopProducts";
import { useKnownStats } from "./useKnownStats";
import { useSeries } from "./useSeries";

const PERIODS = [7, 14, 30, 90];

/** `/admin/dashboard`: today's figures and the charts of the last weeks, live. */
export default function DashboardPage() {
  const { timeZone, currency } = useConfig();
  const now = useNow();
  const { stats, knownAt: statsKnownAt, hasFailed: haveStatsFailed } = useKnownStats();
  const [days, setDays] = useState(14);
  // Hours and days are in the store's time zone.
  const zone = timesIn(timeZone).zone(now);
  const period = `last ${days} days`;
  const narrow = useMediaQuery("(width < 48rem)");
  const hours = useSeries("hour", 2);
  const past = useSeries("day", days);
  const error = hours.error ?? past.error;
  const isStale = error !== null || haveStatsFailed;
  const isShown = hours.series !== undefined || past.series !== undefined || stats !== undefined;
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
      <PageBar title="Dashboard">
        {zone && <span className={styles.zone}>Days in {zone}</span>}
        {!narrow && choose}
      </PageBar>
      {narrow && choose}
      <OfflineBanner
        isStale={isStale && isShown}
        at={oldest(statsKnownAt, hours.knownAt, past.knownAt)}
        onRetry={() => {
          hours.load();
          past.load();
        }}
      />
      <Tiles stats={stats} hasFailed={haveStatsFailed} deliveryTime={past.series?.deliveryTime} period={period} />
      {error !== null && !isShown && (
        <Banner severity="warning" title="The charts could not be loaded">
          {messageOf(error)}
        </Banner>
      )}
      <div className={styles.charts}>
        <Loaded title={`Orders per hour, today${zone && ` in ${zone}`}`} value={hours.series} error={hours.error}>
          {({ points }, title) => (
            <Chart
              title={title}
              kind="bars"
              unit="Orders today"
              before="Yesterday"
              bars={hoursOfToday(points, now, timeZone)}
              format={formatInteger}
              formatTick={formatInteger}
            />
          )}
        </Loaded>
        <Loaded title={`Revenue per day, ${period}`} value={past.series} error={past.error}>
          {({ points }, title) => (
            <Chart
              title={title}
              kind="area"
              unit="Revenue"
              bars={revenueOfDays(points, days, currency, now, timeZone)}
              format={(amount) => formatMoney({ amount, currency })}
              formatTick={(amount) => formatShort(amount, currency)}
            />
          )}
        </Loaded>
        <StatusBars stats={stats} />
        <Loaded title={`Top products, ${period}`} value={past.series} error={past.error}>
          {({ topProducts }, title) => <TopProducts title={title} products={topProducts} />}
        </Loaded>
      </div>
    </div>
  );
}

/** Shows the content when it is loaded. Until then, a card that says that it is loading or that it could not be loaded. */
function Loaded<Value>({
  title,
  value,
  error,
  children,
}: {
  title: string;
  value: Value | undefined;
  error: unknown;
  children: (value: Value, title: string) => ReactNode;
}) {
  if (value !== undefined) return children(value, title);
  return (
    <Card title={title}>
      {error === null ? (
        <Loading label={`Loading: ${title}`}>
          <Skeleton height="14rem" />
        </Loading>
      ) : (
        <p className={styles.missing}>Not loaded. It appears when the connection is back.</p>
      )}
    </Card>
  );
}

function oldest(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
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
