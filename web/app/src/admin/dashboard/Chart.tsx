import { scaleLinear } from "d3-scale";
import { area, curveMonotoneX, line } from "d3-shape";
import { Table2, ChartColumn } from "lucide-react";
import { useId, useState } from "react";

import { Card, cx, IconButton } from "../../ui";
import { useMedia } from "../ui/useMedia";
import styles from "./Chart.module.css";
import { labelled, summaryOf, type Bar } from "./series";

export interface ChartProps {
  title: string;
  bars: readonly Bar[];
  kind: "bars" | "area";
  /** What a value is called, in the table's heading. */
  unit: string;
  format: (value: number) => string;
  /** For the axis, shorter. */
  formatTick: (value: number) => string;
  /** What `before` is called, where there is one. */
  before?: string;
}

/** A chart that moves to each new state, and the same as a table for whoever wants to read it. */
export function Chart(props: ChartProps) {
  const { title, bars, format, before } = props;
  const [asTable, setAsTable] = useState(false);
  const Icon = asTable ? ChartColumn : Table2;
  return (
    <Card
      title={title}
      action={
        <IconButton
          size="sm"
          label={asTable ? `${title}: show as a chart` : `${title}: show as a table`}
          onClick={() => setAsTable(!asTable)}
        >
          <Icon aria-hidden="true" />
        </IconButton>
      }
    >
      {asTable ? (
        <Numbers {...props} />
      ) : (
        <figure className={styles.figure}>
          <figcaption className="visually-hidden">{summaryOf(bars, format)}</figcaption>
          <Plot {...props} />
          {before && (
            <p className={styles.legend} aria-hidden="true">
              <span className={styles.now} /> Today <span className={styles.then} /> {before}
            </p>
          )}
        </figure>
      )}
    </Card>
  );
}

/** The drawing alone: everything in it is said by the caption and the table. */
function Plot({ bars, kind, format, formatTick, before }: ChartProps) {
  const [at, setAt] = useState<number>();
  const highest = Math.max(0, ...bars.map((bar) => Math.max(bar.value, bar.before ?? 0)));
  const scale = scaleLinear([0, highest || 1], [0, 100]).nice(4);
  const ticks = scale.ticks(4).filter((tick) => Number.isInteger(tick));
  const shows = labelled(bars.length, useMedia("(width < 40rem)") ? 4 : 8);
  const pointed = at === undefined ? undefined : bars[at];
  return (
    <div className={styles.plot} aria-hidden="true">
      <div className={styles.axis}>
        {ticks.map((tick) => (
          <span key={tick} style={{ bottom: `${scale(tick)}%` }}>
            {formatTick(tick)}
          </span>
        ))}
      </div>
      <div className={styles.field} onPointerLeave={() => setAt(undefined)}>
        {ticks.map((tick) => (
          <span key={tick} className={styles.line} style={{ bottom: `${scale(tick)}%` }} />
        ))}
        {kind === "area" && <Area bars={bars} scale={scale} />}
        <div className={styles.columns}>
          {bars.map((bar, place) => (
            <div
              key={bar.key}
              className={cx(styles.column, place === at && styles.pointed)}
              onPointerEnter={() => setAt(place)}
            >
              {kind === "bars" && bar.before !== undefined && (
                <span className={styles.ghost} style={{ height: `${scale(bar.before)}%` }} />
              )}
              {kind === "bars" && <span className={styles.bar} style={{ height: `${scale(bar.value)}%` }} />}
              {kind === "area" && place === at && (
                <span className={styles.dot} style={{ bottom: `${scale(bar.value)}%` }} />
              )}
            </div>
          ))}
        </div>
        {pointed && at !== undefined && (
          <div
            className={cx(styles.tip, at > bars.length / 2 && styles.left)}
            style={{ left: `${((at + 0.5) / bars.length) * 100}%` }}
          >
            <p>{pointed.title}</p>
            <p className={styles.strong}>{format(pointed.value)}</p>
            {pointed.before !== undefined && (
              <p>
                {before}: {format(pointed.before)}
              </p>
            )}
          </div>
        )}
      </div>
      <div className={styles.labels}>
        {bars.map((bar, place) => (
          <span key={bar.key} className={styles.label}>
            {shows(place) && <span>{bar.label}</span>}
          </span>
        ))}
      </div>
    </div>
  );
}

/** Drawn in a square of 100, stretched to what there is: nothing has to be measured. */
function Area({ bars, scale }: { bars: readonly Bar[]; scale: (value: number) => number }) {
  const fill = useId();
  const x = (_: Bar, place: number) => ((place + 0.5) / bars.length) * 100;
  const y = (bar: Bar) => 100 - scale(bar.value);
  const above = line<Bar>(x, y).curve(curveMonotoneX)([...bars]) ?? "";
  const below = area<Bar>(x, 100, y).curve(curveMonotoneX)([...bars]) ?? "";
  return (
    <svg className={styles.area} viewBox="0 0 100 100" preserveAspectRatio="none">
      <linearGradient id={fill} x1="0" y1="0" x2="0" y2="1">
        <stop offset="0" className={styles.from} />
        <stop offset="1" className={styles.to} />
      </linearGradient>
      <path d={below} fill={`url(#${fill})`} style={{ d: `path("${below}")` } as object} />
      <path d={above} className={styles.stroke} style={{ d: `path("${above}")` } as object} />
    </svg>
  );
}

function Numbers({ title, bars, unit, format, before }: ChartProps) {
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={`${title}, as a table`}>
      <table className={styles.table}>
        <caption className="visually-hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">{unit}</th>
            {before && <th scope="col">{before}</th>}
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.key}>
              <th scope="row">{bar.title}</th>
              <td>{format(bar.value)}</td>
              {before && <td>{format(bar.before ?? 0)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
