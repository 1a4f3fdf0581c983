import { type Curve, type Point, thin } from './curves.ts';
import { Html, html } from './html.ts';
import type { ReportNumbers } from './numbers.ts';
import { type Scale, scaleOf, stepScale } from './scale.ts';
import type { ReportWords } from './words.ts';

export interface ChartOptions {
  /** What is said of the curve, for those who do not see it. */
  readonly description: string;
  /** The last step that was planned, and the last that was made. */
  readonly steps: number;
  readonly step: number;
  readonly numbers: ReportNumbers;
  readonly words: ReportWords;
  /** A large one has more labels. */
  readonly large: boolean;
}

/** Points of a drawing: more than the eye tells apart are left out. */
const RAW_POINTS = 500;
const SMOOTH_POINTS = 250;
/** Sides of the drawing, which is stretched to the place that it gets; lines keep their width, labels are not in it. */
const SIDE = 1000;

const rounded = (value: number): string => String(Math.round(value * 10) / 10);
const percent = (share: number): string => `${Math.round(share * 10_000) / 100}%`;

function pathOf(points: readonly Point[], x: Scale, y: Scale): string {
  const inside = points.filter(([, value]) => !y.logarithmic || value > 0);
  return inside
    .map(([step, value], i) => {
      // What is beyond the axis, single batches, runs along its edge.
      const height = Math.min(1.02, Math.max(-0.02, y.at(value)));
      return `${i === 0 ? 'M' : 'L'}${rounded(x.at(step) * SIDE)} ${rounded((1 - height) * SIDE)}`;
    })
    .join('');
}

/** A dot that stays round however the drawing is stretched: a line of no length with a round end. */
const dotsOf = (points: readonly Point[], x: Scale, y: Scale): string =>
  points
    .filter(([, value]) => !y.logarithmic || value > 0)
    .map(([step, value]) => `M${rounded(x.at(step) * SIDE)} ${rounded((1 - y.at(value)) * SIDE)}h0`)
    .join('');

/** The labels of ticks all have as many decimals as the finest of them needs. */
function tickLabels({ ticks, logarithmic }: Scale, numbers: ReportNumbers): string[] {
  if (logarithmic) return ticks.map((tick) => numbers.figure(tick, 1));
  const [a = 0, b = 1] = ticks;
  const largest = Math.max(...ticks.map(Math.abs));
  const finest = Math.floor(Math.log10(Math.abs(b - a)) + 1e-9);
  const digits = Math.max(1, Math.floor(Math.log10(largest || 1)) - finest + 1);
  const decimals = Math.max(0, -finest);
  if (finest < -5) return ticks.map((tick) => numbers.figure(tick, digits));
  return ticks.map((tick) => numbers.fixed(tick, decimals));
}

const line = (kind: string, path: string): Html | null =>
  path === '' ? null : html`<path class="${kind}" d="${path}"/>`;

/** A curve as a picture, as wide as there is room. */
export function drawChart(curve: Curve, options: ChartOptions): Html {
  const { description, steps, step, numbers, large } = options;
  const x = stepScale(Math.max(steps, step), large ? 6 : 3);
  const y = scaleOf(curve, large ? 5 : 3);
  const labels = tickLabels(y, numbers);
  const last = curve.smooth.at(-1) ?? curve.validation.at(-1);
  const smooth = thin(curve.smooth, SMOOTH_POINTS);
  return html`<div class="${large ? 'plot large' : 'plot'}" role="img" aria-label="${description}">
<div class="ylabels">${y.ticks.map((tick, i) => html`<span style="bottom:${percent(y.at(tick))}">${labels[i]}</span>`)}</div>
<div class="field"><svg viewBox="0 0 ${SIDE} ${SIDE}" preserveAspectRatio="none" aria-hidden="true" focusable="false">
${line('grid', y.ticks.map((tick) => `M0 ${rounded((1 - y.at(tick)) * SIDE)}H${SIDE}`).join(''))}
${step < steps && line('now', `M${rounded(x.at(step) * SIDE)} 0V${SIDE}`)}
${line('raw', curve.raw.length > 1 ? pathOf(thin(curve.raw, RAW_POINTS), x, y) : '')}
${line('va', curve.validation.length > 1 ? pathOf(curve.validation, x, y) : '')}
${line('tr', smooth.length > 1 ? pathOf(smooth, x, y) : '')}
${line('vm', dotsOf(thin(curve.validation, 60), x, y))}
${last && line('tip-ring', dotsOf([last], x, y))}${last && line('tip', dotsOf([last], x, y))}
</svg></div>
<div class="xlabels">${x.ticks.map((tick, i) => html`<span${new Html(large && i > 0 && i < x.ticks.length - 1 && i % 2 === 1 ? ' class="minor"' : '')} style="left:${percent(x.at(tick))}">${numbers.integer(tick)}</span>`)}</div>
</div>`;
}
