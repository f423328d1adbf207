import { scaleLinear } from "d3-scale";
import { area, curveMonotoneX, line } from "d3-shape";
import { Table2, ChartColumn } from "lucide-react";
import { useId, useState } from "react";

import { Card, cx, IconButton } from "../../ui";
import { useMediaQuery } from "../ui/useMediaQuery";
import styles from "./Chart.module.css";
import { labeledIndexes, summaryOf, type Bar } from "./series";

export interface ChartProps {
  title: string;
  bars: readonly Bar[];
  kind: "bars" | "area";
  /** Column heading of the values in the table. */
  unit: string;
  format: (value: number) => string;
  /** A shorter format for the axis. */
  formatTick: (value: number) => string;
  /** Name of the series in `before`. */
  before?: string;
}

/** A live chart. The same values are available as a table. */
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
        <ValuesTable {...props} />
      ) : (
        <figure className={styles.figure}>
          <figcaption className="visually-hidden">{summaryOf(bars, format)}</figcaption>
          <Plot {...props} />
          {before && (
            <p className={styles.legend} aria-hidden="true">
              <span className={styles.currentKey} /> Today <span className={styles.previousKey} /> {before}
            </p>
          )}
        </figure>
      )}
    </Card>
  );
}

/** Hidden from screen readers: the caption and the table say the same. */
function Plot({ bars, kind, format, formatTick, before }: ChartProps) {
  const [hovered, setHovered] = useState<number>();
  const highest = Math.max(0, ...bars.map((bar) => Math.max(bar.value, bar.before ?? 0)));
  const scale = scaleLinear([0, highest || 1], [0, 100]).nice(4);
  const ticks = scale.ticks(4).filter((tick) => Number.isInteger(tick));
  const isLabelled = labeledIndexes(bars.length, useMediaQuery("(width < 40rem)") ? 4 : 8);
  const hoveredBar = hovered === undefined ? undefined : bars[hovered];
  return (
    <div className={styles.plot} aria-hidden="true">
      <div className={styles.axis}>
        {ticks.map((tick) => (
          <span key={tick} style={{ bottom: `${scale(tick)}%` }}>
            {formatTick(tick)}
          </span>
        ))}
      </div>
      <div className={styles.field} onPointerLeave={() => setHovered(undefined)}>
        {ticks.map((tick) => (
          <span key={tick} className={styles.line} style={{ bottom: `${scale(tick)}%` }} />
        ))}
        {kind === "area" && <Area bars={bars} scale={scale} />}
        <div className={styles.columns}>
          {bars.map((bar, index) => (
            <div
              key={bar.key}
              className={cx(styles.column, index === hovered && styles.hovered)}
              onPointerEnter={() => setHovered(index)}
            >
              {kind === "bars" && bar.before !== undefined && (
                <span className={styles.previous} style={{ height: `${scale(bar.before)}%` }} />
              )}
              {kind === "bars" && <span className={styles.bar} style={{ height: `${scale(bar.value)}%` }} />}
              {kind === "area" && index === hovered && (
                <span className={styles.dot} style={{ bottom: `${scale(bar.value)}%` }} />
              )}
            </div>
          ))}
        </div>
        {hoveredBar && hovered !== undefined && (
          <div
            className={cx(styles.tooltip, hovered > bars.length / 2 && styles.left)}
            style={{ left: `${((hovered + 0.5) / bars.length) * 100}%` }}
          >
            <p>{hoveredBar.title}</p>
            <p className={styles.strong}>{format(hoveredBar.value)}</p>
            {hoveredBar.before !== undefined && (
              <p>
                {before}: {format(hoveredBar.before)}
              </p>
            )}
          </div>
        )}
      </div>
      <div className={styles.labels}>
        {bars.map((bar, index) => (
          <span key={bar.key} className={styles.label}>
            {isLabelled(index) && <span>{bar.label}</span>}
          </span>
        ))}
      </div>
    </div>
  );
}

/** Drawn in a 100 × 100 view box and stretched, so nothing has to be measured. */
function Area({ bars, scale }: { bars: readonly Bar[]; scale: (value: number) => number }) {
  const fill = useId();
  const x = (_: Bar, index: number) => ((index + 0.5) / bars.length) * 100;
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

function ValuesTable({ title, bars, unit, format, before }: ChartProps) {
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={`${title}, as a table`}>
      <table className={styles.table}>
        <caption className="visually-hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
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
