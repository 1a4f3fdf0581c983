import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { onThemeChange, tokenColor } from '../../exhibits/support/colors.ts';
import { h, s } from '../../exhibits/support/dom.ts';
import type { Locale } from '../../i18n/locale.ts';
import { formatInteger } from '../../i18n/numbers.ts';
import { readableNumber, togetherWriter } from '../readableNumber.ts';
import { chartMessages } from './messages.ts';
import { type AlignedPoints, addPoint, firstPoint, lastPoint, noPoints } from './points.ts';
import './charts.css';

export interface Curve {
  readonly name: string;
  /** A colour of tokens.css: `--ember`. */
  readonly color: string;
  /** Lengths of line and gap, so that curves are told apart without colour. */
  readonly dash?: readonly number[];
  /** In pixels; 2.25 unless said. */
  readonly width?: number;
  /** A dot at each point, for the few that are measured now and then. */
  readonly marks?: boolean;
  /** Its last point glows: where training is now. */
  readonly tip?: boolean;
  /** From 0 to 1: what is raw stands behind what is smoothed. */
  readonly opacity?: number;
}

export interface LiveCurveOptions {
  readonly curves: readonly Curve[];
  readonly locale: Locale;
  /** What is drawn, for whoever does not see it. */
  readonly label: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** In pixels; 260 unless said. */
  readonly height?: number;
  /** The y axis in powers of ten. */
  readonly log?: boolean;
  /** The x axis always reaches at least so far: the last step. */
  readonly until?: number;
  readonly legend?: boolean;
  /** Hears which x the pointer is over; null when it has gone. */
  onPoint?(x: number | null): void;
}

/** Curves that grow while something trains. */
export interface LiveCurve {
  /** Adds a point to a curve, by its place among the curves. Drawn with the next frame, however many were added. */
  add(curve: number, x: number, y: number): void;
  /** Puts all points of a curve in the place of those that it had: what is extrapolated changes as a whole. */
  replace(curve: number, points: readonly (readonly [number, number])[]): void;
  clear(): void;
  setLog(log: boolean): void;
  setUntil(x: number): void;
  /** A dotted line at an x: the step that is looked at. */
  setMark(x: number | null): void;
  /** A sentence for each curve: where it began and where it is. */
  words(): readonly string[];
  destroy(): void;
}

/** Draws curves into an element, with uPlot: fast enough for tens of thousands of points. The colours follow the theme. */
export function liveCurve(element: HTMLElement, options: LiveCurveOptions): LiveCurve {
  const { curves, locale } = options;
  const t = chartMessages(locale);
  let points = noPoints(curves.length);
  let log = options.log ?? false;
  let until = options.until ?? 0;
  let mark: number | null = null;
  let colors = new Map<string, string>();
  let frame = 0;

  const place = h('div', { class: 'live-curve-plot', role: 'img', 'aria-label': options.label });
  const root = h('div', { class: 'live-curve' }, options.legend === false ? null : legend(curves), place);
  element.append(root);

  const color = (token: string): string => {
    let found = colors.get(token);
    if (!found) {
      found = tokenColor(root, token);
      colors.set(token, found);
    }
    return found;
  };
  const font = '13px "Atkinson Next", system-ui, sans-serif';
  const axis = (label: string | undefined): uPlot.Axis => ({
    stroke: () => color('--muted'),
    font,
    labelFont: font,
    ...(label && { label, labelSize: 20, labelGap: 2 }),
    ticks: { stroke: () => color('--line'), width: 1, size: 5 },
    gap: 6,
  });

  const makePlot = (): uPlot =>
    new uPlot(
      {
        width: Math.max(200, place.clientWidth),
        height: options.height ?? 260,
        legend: { show: false },
        cursor: { drag: { setScale: false, x: false, y: false }, points: { size: 9 } },
        scales: {
          x: {
            time: false,
            range: (_plot, low, high) => {
              const [from, to] = [low ?? 0, Math.max(high ?? 1, until)];
              return [from, from === to ? from + 1 : to];
            },
          },
          y: { distr: log ? 3 : 1 },
        },
        axes: [
          {
            ...axis(options.xLabel),
            size: 34,
            grid: { show: false },
            values: (_plot, splits) =>
              splits.map((x) => (Number.isInteger(x) ? formatInteger(locale, x) : '')),
          },
          {
            ...axis(options.yLabel),
            size: 56,
            grid: { stroke: () => color('--line'), width: 1 },
            values: (_plot, splits) => {
              const shown = splits.filter((y): y is number => y !== null);
              const write = log ? (y: number) => readableNumber(locale, y, 2) : togetherWriter(locale, shown);
              return splits.map((y) => (y === null ? '' : write(y)));
            },
          },
        ],
        series: [
          {},
          ...curves.map(
            (curve): uPlot.Series => ({
              label: curve.name,
              stroke: () => color(curve.color),
              width: curve.width ?? 2.25,
              alpha: curve.opacity ?? 1,
              dash: [...(curve.dash ?? [])],
              spanGaps: true,
              points: {
                show: curve.marks ?? false,
                size: 7,
                fill: () => color(curve.color),
                stroke: () => color(curve.color),
              },
            }),
          ),
        ],
        hooks: {
          draw: [(drawn) => paintTips(drawn), (drawn) => paintMark(drawn)],
          setCursor: [
            (drawn) => {
              const index = drawn.cursor.idx;
              options.onPoint?.(index === null || index === undefined ? null : (points.x[index] ?? null));
            },
          ],
        },
      },
      dataOf(points),
      place,
    );

  const paintTips = (drawn: uPlot) => {
    curves.forEach((curve, i) => {
      const last = curve.tip ? lastPoint(points, i) : null;
      if (!last) return;
      const { ctx } = drawn;
      const [x, y] = [drawn.valToPos(last[0], 'x', true), drawn.valToPos(last[1], 'y', true)];
      const unit = devicePixelRatio;
      for (const [token, radius] of [
        ['--glow', 12],
        ['--ember', 6.5],
        ['--flame', 4],
      ] as const) {
        ctx.beginPath();
        ctx.fillStyle = color(token);
        ctx.arc(x, y, radius * unit, 0, 2 * Math.PI);
        ctx.fill();
      }
    });
  };
  const paintMark = (drawn: uPlot) => {
    if (mark === null) return;
    const { ctx, bbox } = drawn;
    const x = drawn.valToPos(mark, 'x', true);
    ctx.save();
    ctx.strokeStyle = color('--edge');
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([2 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  };

  let plot = makePlot();
  const draw = () => {
    // A tab in the background draws no frames, and needs none: the points are there when it is looked at again.
    if (frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      plot.setData(dataOf(points));
      place.setAttribute('aria-label', [options.label, ...words()].join(' '));
    });
  };
  const words = () =>
    curves.flatMap((curve, i) => {
      const [first, last] = [firstPoint(points, i), lastPoint(points, i)];
      if (!first || !last) return [];
      return t('curve', {
        name: curve.name,
        first: readableNumber(locale, first[1], 3),
        last: readableNumber(locale, last[1], 3),
        from: formatInteger(locale, first[0]),
        to: formatInteger(locale, last[0]),
      });
    });

  const stopTheme = onThemeChange(() => {
    colors = new Map();
    plot.redraw(false, true);
  });
  const observer = new ResizeObserver(() => {
    if (place.clientWidth > 0) plot.setSize({ width: place.clientWidth, height: options.height ?? 260 });
  });
  observer.observe(place);

  return {
    add(curve, x, y) {
      addPoint(points, curve, x, y);
      draw();
    },
    replace(curve, added) {
      const before = points;
      points = noPoints(curves.length);
      before.y.forEach((values, i) => {
        if (i !== curve)
          values.forEach((y, at) => {
            if (y !== null) addPoint(points, i, before.x[at] ?? 0, y);
          });
      });
      for (const [x, y] of added) addPoint(points, curve, x, y);
      draw();
    },
    clear() {
      points = noPoints(curves.length);
      mark = null;
      draw();
    },
    setLog(on) {
      if (on === log) return;
      log = on;
      plot.destroy();
      plot = makePlot();
    },
    setUntil(x) {
      until = x;
      draw();
    },
    setMark(x) {
      mark = x;
      plot.redraw(false, false);
    },
    words,
    destroy() {
      cancelAnimationFrame(frame);
      stopTheme();
      observer.disconnect();
      plot.destroy();
      root.remove();
    },
  };
}

const dataOf = (points: AlignedPoints): uPlot.AlignedData => [points.x, ...points.y];

function legend(curves: readonly Curve[]): HTMLElement {
  return h(
    'ul',
    { class: 'o-legend' },
    curves.map((curve) =>
      h(
        'li',
        {},
        s(
          'svg',
          { width: 30, height: 12, 'aria-hidden': 'true' },
          s('path', {
            d: 'M1 6H29',
            stroke: `var(${curve.color})`,
            'stroke-width': 2.5,
            'stroke-dasharray': (curve.dash ?? []).join(' '),
            opacity: curve.opacity ?? 1,
          }),
          curve.marks && s('circle', { cx: 15, cy: 6, r: 4, fill: `var(${curve.color})` }),
        ),
        curve.name,
      ),
    ),
  );
}
