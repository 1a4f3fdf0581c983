import { formatFixed, formatSignificant } from '../../i18n/numbers.ts';
import type { ExhibitContext, MountedExhibit } from '../exhibit.ts';
import { button, slider, toggle } from '../support/controls.ts';
import { h, s, uniqueId } from '../support/dom.ts';
import { type Expression, ExpressionError } from '../support/expression.ts';
import { handle, type Plane, type Point, pathOf, plane } from '../support/plane.ts';
import {
  curveNames,
  curves,
  HIGH,
  LOW,
  piecesOf,
  places,
  rangeOf,
  readCurve,
  secantAt,
  tangentAt,
  valueAt,
} from './curves.ts';
import type { SlopeState, SlopeTranslate } from './exhibit.ts';

const COUNT = 300;
const xs = places(COUNT);
const bucket = (x: number) => Math.round(((x - LOW) / (HIGH - LOW)) * COUNT);
const WALK = 6000;

/** A curve with its secant and its tangent, and beneath it the slope as it is found on the way. */
export function mountSlope(
  t: SlopeTranslate,
  element: HTMLElement,
  first: SlopeState,
  context: ExhibitContext<SlopeState>,
): MountedExhibit<SlopeState> {
  const { locale } = context;
  const n = (value: number, decimals = 2) => formatFixed(locale, value, decimals);
  let now = first;
  let curve: Expression = readCurve(curves.parabola);
  let visited = new Set<number>();
  let frame = 0;

  const upperMarks = s('g');
  const lowerMarks = s('g');
  const upper: Plane = plane({
    label: t('curvePlane'),
    x: [LOW, HIGH],
    y: [-1, 5],
    height: (width) => Math.max(230, Math.min(400, width * 0.5)),
    draw: () => draw(),
  });
  const lower: Plane = plane({
    label: t('slopePlane'),
    x: [LOW, HIGH],
    y: [-3, 3],
    height: (width) => Math.max(150, Math.min(230, width * 0.27)),
    draw: () => draw(),
  });
  const point = handle(upper, {
    label: t('point'),
    color: 'var(--ember)',
    step: 0.05,
    x: [LOW, HIGH],
    y: [-1e9, 1e9],
    sideways: true,
    get: () => [now.x, finite(valueAt(curve, now.x))],
    move: ([x]) => {
      halt();
      change({ x });
    },
    say: ([x, y]) => t('pointAt', { x: n(x), y: n(y), slope: n(tangentAt(curve, x)[1]) }),
  });
  upper.svg.append(upperMarks, point.element);
  lower.svg.append(lowerMarks);

  const curveButtons = new Map(
    ([...curveNames, 'own'] as const).map((name) => [
      name,
      h(
        'button',
        { type: 'button', class: 'btn plain sm sl-curve', onclick: () => change({ curve: name }) },
        t(name),
      ),
    ]),
  );
  const errorId = uniqueId('slope-error');
  const written = h('input', {
    class: 'inp sl-own',
    value: now.own,
    spellcheck: 'false',
    autocapitalize: 'off',
    maxlength: 120,
    'aria-describedby': errorId,
    oninput: () => change({ own: written.value }),
  });
  const problem = h('p', { class: 'hint', id: errorId, role: 'status' });
  const ownPart = h(
    'div',
    { class: 'sl-ownpart' },
    h('label', { class: 'sl-write' }, t('write'), written),
    problem,
  );
  const distance = slider({
    label: t('distance'),
    min: -17,
    max: 0.3,
    step: 0.05,
    value: now.exponent,
    format: (value) => formatSignificant(locale, 10 ** value, 2),
    onInput: (exponent) => change({ exponent }),
  });
  const secant = h('output', { class: 'sl-number' });
  const tangent = h('button', {
    type: 'button',
    class: 'live sl-number',
    onclick: async () => {
      const module = await context.compute<typeof import('./compute.ts')>();
      context.showFaces(await module.pointFaces(textOf(now), now.x));
    },
  });
  const difference = h('p', { class: 'hint' });
  const remark = h('p', { class: 'sl-remark', role: 'status' });
  const walkButton = button(t('walk'), () => (frame ? halt() : walk()), { kind: 'go' });
  const whole = toggle({ label: t('whole'), value: now.whole, onToggle: (on) => change({ whole: on }) });

  element.append(
    h(
      'div',
      { class: 'ex-tools' },
      h('div', { class: 'sl-curves', role: 'group', 'aria-label': t('curve') }, [...curveButtons.values()]),
      ownPart,
    ),
    h(
      'div',
      { class: 'sl' },
      h(
        'div',
        { class: 'sl-pictures' },
        upper.element,
        h('p', { class: 'hint' }, t('keys')),
        h('h4', {}, t('below')),
        lower.element,
        h('p', { class: 'hint' }, t('belowHelp')),
      ),
      h(
        'div',
        { class: 'sl-side' },
        distance.element,
        h('div', { class: 'sl-fact secant' }, h('h4', {}, t('secant')), secant, difference),
        h('div', { class: 'sl-fact tangent' }, h('h4', {}, t('tangent')), tangent),
        remark,
        h('div', { class: 'row' }, walkButton, whole.element),
      ),
    ),
  );

  const finite = (value: number) => (Number.isFinite(value) ? value : 0);
  const textOf = ({ curve: name, own }: SlopeState) => (name === 'own' ? own : curves[name]);

  function change(part: Partial<SlopeState>): void {
    const before = textOf(now);
    now = { ...now, ...part };
    if (textOf(now) !== before) {
      halt();
      visited = new Set();
    }
    show();
    // Faces are of the numbers that were shown.
    context.showFaces(null);
    context.changed(now);
  }

  /** From the left end to the right one; the slopes are left behind on the way. */
  function walk(): void {
    if (context.reducedMotion) {
      visited = new Set(xs.map(bucket));
      change({ x: HIGH });
      return;
    }
    walkButton.textContent = t('stop');
    const began = performance.now();
    const tick = (time: number) => {
      const share = Math.min(1, Math.max(0, (time - began) / WALK));
      now = { ...now, x: Number((LOW + (HIGH - LOW) * share).toFixed(3)) };
      show();
      if (share < 1) frame = requestAnimationFrame(tick);
      else halt();
    };
    frame = requestAnimationFrame(tick);
  }
  function halt(): void {
    if (!frame) return;
    cancelAnimationFrame(frame);
    frame = 0;
    walkButton.textContent = t('walk');
    context.changed(now);
  }

  let lastBucket: number | null = null;
  function visit(): void {
    const place = bucket(now.x);
    // What lies between two moves of a drag was passed as well.
    const from = lastBucket !== null && Math.abs(lastBucket - place) < 60 ? lastBucket : place;
    for (let i = Math.min(from, place); i <= Math.max(from, place); i++) visited.add(i);
    lastBucket = place;
  }

  function show(): void {
    for (const [name, each] of curveButtons) each.setAttribute('aria-pressed', String(name === now.curve));
    ownPart.hidden = now.curve !== 'own';
    if (written !== document.activeElement) written.value = now.own;
    distance.set(now.exponent);
    whole.set(now.whole);
    problem.className = 'hint';
    problem.textContent = t('writeHelp');
    written.setAttribute('aria-invalid', 'false');
    try {
      curve = readCurve(textOf(now));
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      problem.className = 'errtext';
      problem.textContent = t(error.problem, { found: error.found });
      written.setAttribute('aria-invalid', 'true');
      // What was drawn stays until the formula can be read.
      return;
    }
    visit();
    const step = 10 ** now.exponent;
    const [value, slope] = tangentAt(curve, now.x);
    const found = secantAt(curve, now.x, step);
    secant.textContent = Number.isFinite(found) ? n(found, 4) : '—';
    tangent.textContent = Number.isFinite(slope) ? n(slope, 4) : '—';
    difference.textContent = Number.isFinite(found - slope)
      ? t('difference', { value: formatSignificant(locale, Math.abs(found - slope), 2) })
      : '';
    const state = remarkOf(value, slope, found, step);
    remark.textContent = state ? t(state) : '';
    remark.classList.toggle('alight', state === 'kiss');
    const shown = xs.map((x) => valueAt(curve, x));
    upper.show([LOW, HIGH], rangeOf(shown));
    lower.show([LOW, HIGH], rangeOf(xs.map((x) => tangentAt(curve, x)[1])));
    draw();
  }

  function remarkOf(value: number, slope: number, found: number, step: number) {
    if (!Number.isFinite(value)) return 'nothing';
    const other = secantAt(curve, now.x, -1e-6);
    if (Math.abs(other - secantAt(curve, now.x, 1e-6)) > 0.01 * Math.max(1, Math.abs(slope))) return 'kink';
    const wrong = Math.abs(found - slope) / Math.max(1, Math.abs(slope));
    if (step < 1e-7 && !(wrong < 1e-4)) return 'noise';
    if (wrong < 0.002) return 'kiss';
    return Math.abs(slope) < 0.005 ? 'flat' : null;
  }

  const tallOf = (on: Plane) =>
    Math.abs(on.at({ clientX: 0, clientY: 0 })[1] - on.at({ clientX: 0, clientY: 600 })[1]);

  function axes(on: Plane): SVGElement[] {
    const lines: SVGElement[] = [
      s('path', {
        d: `${pathOf(on, [
          [LOW, 0],
          [HIGH, 0],
        ])}M${on.x(0)} 0V${on.height}`,
        class: 'ex-plane-axes',
      }),
    ];
    for (let x = LOW + 1; x < HIGH; x++)
      if (x !== 0)
        lines.push(
          s('path', { d: `M${on.x(x)} 0V${on.height}`, class: 'ex-plane-grid' }),
          s('text', { x: on.x(x), y: on.y(0) + 17, 'text-anchor': 'middle', class: 'halo sl-tick' }, n(x, 0)),
        );
    return lines;
  }

  function draw(): void {
    if (upper.width === 0 || lower.width === 0) return;
    const step = 10 ** now.exponent;
    const [value, slope] = tangentAt(curve, now.x);
    const other = valueAt(curve, now.x + step);
    const found = (other - value) / step;
    const line = (on: number, through: number): Point[] => [
      [LOW - 1, through + on * (LOW - 1 - now.x)],
      [HIGH + 1, through + on * (HIGH + 1 - now.x)],
    ];
    const tall = tallOf(upper);
    const marks: SVGElement[] = [
      ...axes(upper),
      ...piecesOf(
        xs.map((x) => [x, valueAt(curve, x)] as const),
        tall,
      ).map((piece) => s('path', { d: pathOf(upper, piece), class: 'sl-line' })),
    ];
    if (Number.isFinite(slope))
      marks.push(s('path', { d: pathOf(upper, line(slope, value)), class: 'sl-tangent' }));
    if (Number.isFinite(found)) {
      marks.push(s('path', { d: pathOf(upper, line(found, value)), class: 'sl-secant' }));
      if (upper.x(now.x + step) - upper.x(now.x) > 12) marks.push(...triangle(step, value, other));
    }
    upperMarks.replaceChildren(...marks);
    point.place();

    const slopes = xs.map((x) => [x, tangentAt(curve, x)[1]] as const);
    const tallLow = tallOf(lower);
    const seen = slopes.map(([x, y], i) => [x, visited.has(i) ? y : Number.NaN] as const);
    const below: SVGElement[] = [...axes(lower)];
    if (now.whole)
      below.push(
        ...piecesOf(slopes, tallLow).map((piece) =>
          s('path', { d: pathOf(lower, piece), class: 'sl-whole' }),
        ),
      );
    below.push(
      ...piecesOf(seen, tallLow).map((piece) => s('path', { d: pathOf(lower, piece), class: 'sl-trail' })),
    );
    if (Number.isFinite(slope))
      below.push(
        s('path', {
          d: pathOf(lower, [
            [now.x, 0],
            [now.x, slope],
          ]),
          class: slope < 0 ? 'sl-stem down' : 'sl-stem',
        }),
        s('circle', { cx: lower.x(now.x), cy: lower.y(slope), r: 12, class: 'sl-glow' }),
        s('circle', { cx: lower.x(now.x), cy: lower.y(slope), r: 6, class: 'sl-tip' }),
      );
    lowerMarks.replaceChildren(...below);
  }

  /** How far along and how far up the other point is. */
  function triangle(step: number, value: number, other: number): SVGElement[] {
    const [x, y, far, up] = [upper.x(now.x), upper.y(value), upper.x(now.x + step), upper.y(other)];
    return [
      s('path', { d: `M${x} ${y}H${far}V${up}`, class: 'sl-triangle' }),
      s(
        'text',
        { x: (x + far) / 2, y: y + (up < y ? 18 : -8), 'text-anchor': 'middle', class: 'halo' },
        far - x > 70 ? t('run', { value: formatSignificant(locale, step, 2) }) : 'h',
      ),
      Math.abs(up - y) > 16
        ? s(
            'text',
            { x: Math.min(far + 8, upper.width - 70), y: (y + up) / 2 + 4, class: 'halo' },
            t('rise', { sign: other < value ? 'down' : 'up', value: n(Math.abs(other - value)) }),
          )
        : s('g'),
      s('circle', { cx: far, cy: up, r: 6, class: 'sl-other' }),
    ];
  }

  show();
  return {
    update(next) {
      halt();
      if (textOf(next) !== textOf(now)) visited = new Set();
      lastBucket = null;
      now = next;
      show();
    },
    destroy() {
      cancelAnimationFrame(frame);
      upper.destroy();
      lower.destroy();
    },
    words() {
      const [value, slope] = tangentAt(curve, now.x);
      const step = 10 ** now.exponent;
      const found = secantAt(curve, now.x, step);
      const sentences = [
        `f(x) = ${textOf(now)}`,
        t('wordsPoint', {
          x: n(now.x),
          y: n(value),
          h: formatSignificant(locale, step, 2),
          secant: n(found, 4),
          tangent: n(slope, 4),
        }),
        t('wordsSign', { sign: slope > 0.005 ? 'up' : slope < -0.005 ? 'down' : 'flat' }),
      ];
      const state = remarkOf(value, slope, found, step);
      if (state) sentences.push(t(state));
      return sentences;
    },
    table() {
      const slope = tangentAt(curve, now.x)[1];
      return {
        caption: t('table', { x: n(now.x) }),
        columns: [t('h'), t('secant'), t('error')],
        rows: [0, -1, -2, -3, -4, -6, -8, -10, -12, -14, -16].map((exponent) => {
          const found = secantAt(curve, now.x, 10 ** exponent);
          return [
            formatSignificant(locale, 10 ** exponent, 1),
            n(found, 6),
            formatSignificant(locale, Math.abs(found - slope), 2),
          ];
        }),
      };
    },
  };
}
