import { line } from 'd3-shape';
import { useId, useMemo, useRef } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import type { OutputOf } from '../../cell/output.ts';
import { category, markers } from '../../exhibits/support/colors.ts';
import type { Locale } from '../../i18n/locale.ts';
import { formatInteger } from '../../i18n/numbers.ts';
import { readableNumber, togetherWriter } from '../readableNumber.ts';
import { useWidth } from '../useWidth.ts';
import '../charts/charts.css';
import { outputMessages } from './messages.ts';
import { type PlotScales, plotScales, type Series, thin } from './plotScales.ts';

const dashes = ['', '7 4', '2 4', '10 4 2 4', '5 3 1 3', '1 3', '12 3', '4 6'];
const HEIGHT = 300;
/** Rows of the table behind a plot. */
const MOST_ROWS = 200;

/** A plot: lines, points and bars on axes, its words for whoever does not see it, and its numbers as a table. */
export function PlotView({ output }: { output: OutputOf<'plot'> }) {
  const locale = useLocale();
  const t = outputMessages(locale);
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place, 620);
  const { title, xLabel, yLabel, series } = output;
  const nameOf = (i: number) => series[i]?.name ?? t('series', { number: i + 1 });
  const writeY = useMemo(() => togetherWriter(locale, plotTicks(series)), [locale, series]);
  const widest = Math.max(...plotTicks(series).map((tick) => writeY(tick).length), 1);
  const margins = {
    left: 14 + 7.6 * widest + (yLabel ? 20 : 0),
    right: 14,
    top: 12,
    bottom: 28 + (xLabel ? 20 : 0),
  };
  const scales = plotScales(series, width, HEIGHT, margins);
  const words = plotWords(locale, series, nameOf, xLabel, yLabel);
  return (
    <figure className="o-plot">
      {title && (
        <figcaption className="o-caption">
          <strong>{title}</strong>
        </figcaption>
      )}
      {(series.length > 1 || series[0]?.name) && (
        <ul className="o-legend">
          {series.map((one, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a series is known by its place.
            <li key={i}>
              <Swatch index={i} mark={one.mark} /> {nameOf(i)}
            </li>
          ))}
        </ul>
      )}
      <div ref={place}>
        <svg width={width} height={HEIGHT} role="img" aria-label={title ?? t('plot')} aria-describedby={id}>
          <Axes scales={scales} writeY={writeY} locale={locale} />
          {xLabel && (
            <text className="label" x={(scales.left + scales.right) / 2} y={HEIGHT - 6} textAnchor="middle">
              {xLabel}
            </text>
          )}
          {yLabel && (
            <text
              className="label"
              transform={`translate(13 ${(scales.top + scales.bottom) / 2}) rotate(-90)`}
              textAnchor="middle"
            >
              {yLabel}
            </text>
          )}
          {series.map((one, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a series is known by its place.
            <Marks key={i} series={one} index={i} of={series} scales={scales} width={width} />
          ))}
        </svg>
      </div>
      <div id={id} className="sr">
        {words.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      <details>
        <summary>{t('asTable')}</summary>
        <PlotTable output={output} nameOf={nameOf} />
      </details>
    </figure>
  );
}

/** The ticks of the y axis, before any width is known: what is written beside it, and how wide that is. */
const plotTicks = (series: readonly Series[]): readonly number[] =>
  plotScales(series, 600, HEIGHT, { left: 0, right: 0, top: 0, bottom: 0 }).yTicks;

function Axes({
  scales,
  writeY,
  locale,
}: {
  scales: PlotScales;
  writeY(value: number): string;
  locale: Locale;
}) {
  const { left, right, top, bottom, xTicks, yTicks } = scales;
  const writeX = togetherWriter(
    locale,
    xTicks.filter((tick): tick is number => typeof tick === 'number'),
  );
  // Names share the width of the axis: what does not fit is cut, and stands whole in the table.
  const room = Math.floor((right - left) / Math.max(1, xTicks.length) / 7.2);
  return (
    <g className="axes">
      {yTicks.map((tick) => (
        <g key={tick}>
          <path d={`M${left} ${scales.y(tick)}H${right}`} className={tick === 0 ? 'zero' : 'grid'} />
          <text x={left - 8} y={scales.y(tick)} dy="0.32em" textAnchor="end">
            {writeY(tick)}
          </text>
        </g>
      ))}
      {xTicks.map((tick) => {
        const text = typeof tick === 'number' ? writeX(tick) : tick;
        return (
          <g key={tick} transform={`translate(${scales.x(tick)} ${bottom})`}>
            {typeof tick === 'number' && <path d="M0 0V5" className="tick" />}
            <text y={20} textAnchor="middle">
              {typeof tick === 'string' && text.length > room
                ? `${text.slice(0, Math.max(1, room - 1))}…`
                : text}
            </text>
          </g>
        );
      })}
      <path d={`M${left} ${top}V${bottom}H${right}`} className="frame" />
    </g>
  );
}

function Marks({
  series,
  index,
  of,
  scales,
  width,
}: {
  series: Series;
  index: number;
  of: readonly Series[];
  scales: PlotScales;
  width: number;
}) {
  const points = series.y.map((y, i) => [scales.x(series.x[i] ?? i), scales.y(y)] as const);
  const color = category(index);
  if (series.mark === 'bars') {
    const bars = of.filter(({ mark }) => mark === 'bars');
    const own = scales.barWidth / bars.length;
    const offset = bars.indexOf(series) * own - scales.barWidth / 2;
    const zero = scales.y(0);
    return (
      <g fill={color}>
        {points.map(([x, y], i) =>
          Number.isFinite(y) ? (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a bar is known by its place.
              key={i}
              x={x + offset}
              y={Math.min(y, zero)}
              width={Math.max(1, own - (bars.length > 1 ? 1 : 0))}
              height={Math.max(0.5, Math.abs(y - zero))}
            />
          ) : null,
        )}
      </g>
    );
  }
  if (series.mark === 'points') {
    const size = points.length > 400 ? 0.5 : 0.85;
    const path = markers[index % markers.length] ?? '';
    return (
      <g fill={color} fillOpacity={points.length > 400 ? 0.6 : 0.85}>
        {points.map(([x, y], i) =>
          Number.isFinite(x) && Number.isFinite(y) ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: a point is known by its place.
            <path key={i} d={path} transform={`translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${size})`} />
          ) : null,
        )}
      </g>
    );
  }
  const shown = thin(points, 2 * width);
  const draw = line<readonly [number, number]>()
    .defined(([x, y]) => Number.isFinite(x) && Number.isFinite(y))
    .x(([x]) => Math.round(x * 10) / 10)
    .y(([, y]) => Math.round(y * 10) / 10);
  return (
    <path
      className="line"
      d={draw(shown) ?? ''}
      stroke={color}
      strokeDasharray={dashes[index % dashes.length]}
    />
  );
}

/** What stands before a name in the legend: the dash, or the marker. */
function Swatch({ index, mark }: { index: number; mark: Series['mark'] }) {
  const color = category(index);
  return (
    <svg width="26" height="12" aria-hidden>
      {mark === 'line' ? (
        <path d="M1 6H25" stroke={color} strokeWidth="2.5" strokeDasharray={dashes[index % dashes.length]} />
      ) : mark === 'points' ? (
        <path d={markers[index % markers.length]} fill={color} transform="translate(13 6)" />
      ) : (
        <rect x="6" width="14" height="12" fill={color} />
      )}
    </svg>
  );
}

/** A plot in a few sentences: what is on its axes, and of each series how it goes. */
export function plotWords(
  locale: Locale,
  series: readonly Series[],
  nameOf: (index: number) => string,
  xLabel: string | null,
  yLabel: string | null,
): string[] {
  const t = outputMessages(locale);
  const say = (value: number | string) => (typeof value === 'string' ? value : readableNumber(locale, value));
  const words = xLabel || yLabel ? [t('axes', { x: xLabel ?? 'x', y: yLabel ?? 'y' })] : [];
  series.forEach((one, i) => {
    const name = nameOf(i);
    const finite = one.y.filter(Number.isFinite);
    if (finite.length === 0) {
      words.push(t('noPoints', { name }));
      return;
    }
    const min = finite.reduce((a, b) => Math.min(a, b));
    const max = finite.reduce((a, b) => Math.max(a, b));
    const values = { name, count: finite.length, min: say(min), max: say(max) };
    if (one.mark === 'bars')
      words.push(t('barsWords', { ...values, highest: say(one.x[one.y.indexOf(max)] ?? '') }));
    else
      words.push(
        t('seriesWords', { ...values, first: say(finite[0] ?? NaN), last: say(finite.at(-1) ?? NaN) }),
      );
  });
  return words;
}

function PlotTable({ output, nameOf }: { output: OutputOf<'plot'>; nameOf(index: number): string }) {
  const locale = useLocale();
  const t = outputMessages(locale);
  const rows = output.series.flatMap((one, s) => one.y.map((y, i) => ({ s, x: one.x[i] ?? i, y })));
  const shown = rows.slice(0, MOST_ROWS);
  const named = output.series.length > 1 || output.series[0]?.name;
  const write = (value: number | string) =>
    typeof value === 'string' ? value : readableNumber(locale, value, 5);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section className="scroll o-plot-table" tabIndex={0} aria-label={t('asTable')}>
      <table className="t">
        <thead>
          <tr>
            {named && <th scope="col">{output.title ?? ''}</th>}
            <th scope="col" className="n">
              {output.xLabel ?? 'x'}
            </th>
            <th scope="col" className="n">
              {output.yLabel ?? 'y'}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ s, x, y }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place.
            <tr key={i}>
              {named && <td>{nameOf(s)}</td>}
              <td className="n num">{write(x)}</td>
              <td className="n num">{write(y)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length && (
        <p className="small muted">
          {t('firstPoints', {
            shown: formatInteger(locale, shown.length),
            total: formatInteger(locale, rows.length),
          })}
        </p>
      )}
    </section>
  );
}
