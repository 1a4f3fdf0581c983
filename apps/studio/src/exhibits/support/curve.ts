import './curve.css';
import { s } from './dom.ts';

/** A line of a small curve: what it is called, how it is drawn, and its points. */
export interface CurveSeries {
  readonly name: string;
  readonly color: string;
  readonly dash?: string;
  readonly points: readonly (readonly [step: number, value: number])[];
}

/**
 * A small curve with its tip alight: how a figure went until now. Two numbers at the left, the range; no more of an axis.
 * `format` writes them; `logarithmic` for what falls by powers of ten.
 */
export function curve(options: {
  label: string;
  height?: number;
  format(value: number): string;
  logarithmic?: boolean;
}): {
  element: SVGSVGElement;
  draw(series: readonly CurveSeries[], steps: number): void;
} {
  const [width, height, left] = [320, options.height ?? 96, 44];
  const element = s('svg', {
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-label': options.label,
    class: 'ex-curve',
  });
  const scale = (value: number) => (options.logarithmic ? Math.log10(Math.max(value, 1e-12)) : value);
  return {
    element,
    draw(series, steps) {
      const values = series.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
      element.replaceChildren();
      if (values.length === 0) return;
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const [bottom, top] = [scale(low), scale(high) > scale(low) ? scale(high) : scale(low) + 1];
      const x = (step: number) => left + 8 + ((width - left - 22) * step) / Math.max(1, steps);
      const y = (value: number) => height - 12 - ((height - 26) * (scale(value) - bottom)) / (top - bottom);
      element.append(
        s('path', {
          d: `M${left} ${y(high)}H${width}M${left} ${height - 12}H${width}`,
          class: 'ex-curve-grid',
        }),
        s('text', { x: left - 4, y: y(high) + 4, 'text-anchor': 'end' }, options.format(high)),
        s('text', { x: left - 4, y: height - 8, 'text-anchor': 'end' }, options.format(low)),
      );
      for (const { color, dash, points } of series) {
        const drawn = points.filter(([, value]) => Number.isFinite(value));
        const path = drawn.map(
          ([step, value], i) => `${i === 0 ? 'M' : 'L'}${x(step).toFixed(1)} ${y(value).toFixed(1)}`,
        );
        element.append(
          s('path', {
            d: path.join(''),
            style: { stroke: color },
            'stroke-dasharray': dash,
            class: 'ex-curve-line',
          }),
        );
        const last = drawn.at(-1);
        if (last)
          element.append(
            s('circle', {
              cx: x(last[0]),
              cy: y(last[1]),
              r: 4.5,
              class: 'ex-curve-tip',
              style: { stroke: color },
            }),
          );
      }
    },
  };
}
