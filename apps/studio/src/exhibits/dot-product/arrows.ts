import type { Locale } from '../../i18n/locale.ts';
import { formatFixed } from '../../i18n/numbers.ts';
import type { TableView } from '../exhibit.ts';
import { button } from '../support/controls.ts';
import { h, s } from '../support/dom.ts';
import { arrow, gridOf, handle, type Point, pathOf, plane } from '../support/plane.ts';
import type { DotState, DotTranslate } from './exhibit.ts';
import { angle, cosine, dot, length, projection } from './vectors.ts';

const EXTENT: readonly [number, number] = [4.6, 3.4];
const within = (value: number, limit: number) => Math.max(-limit, Math.min(limit, Number(value.toFixed(2))));

/** Two vectors in the plane, the shadow of one on the other, and their product as it is added up. */
export function arrowsView(
  t: DotTranslate,
  locale: Locale,
  first: DotState,
  change: (part: Partial<DotState>) => void,
  open: (which: 'dot' | 'cosine') => void,
) {
  let now = first;
  const n = (value: number, decimals = 2) => formatFixed(locale, value, decimals);
  const marks = s('g');
  const on = plane({
    label: t('planeLabel'),
    x: [-EXTENT[0], EXTENT[0]],
    y: [-EXTENT[1], EXTENT[1]],
    draw: () => draw(),
  });
  const handles = (['a', 'b'] as const).map((name, i) =>
    handle(on, {
      label: t(name),
      color: `var(--cat-${i + 1})`,
      step: 0.1,
      x: [-4.4, 4.4],
      y: [-3.2, 3.2],
      get: () => now[name],
      move: ([x, y]) => change({ [name]: [x, y] }),
      say: ([x, y]) => t('at', { x: n(x), y: n(y) }),
    }),
  );
  on.svg.append(marks, ...handles.map(({ element }) => element));

  const total = h('button', { type: 'button', class: 'dp-total', onclick: () => open('dot') });
  const verdict = h('p', { class: 'dp-verdict', role: 'status' });
  const sums = h('div', { class: 'dp-sums' });
  const facts = h('dl', { class: 'dp-facts' });
  const dial = s('svg', { viewBox: '-10 0 220 40', class: 'dp-dial', 'aria-hidden': 'true' });
  const scale = (share: number) =>
    change({ b: [within(now.b[0] * share, 4.4), within(now.b[1] * share, 3.2)] });
  const double = button(t('double'), () => scale(2));
  const side = h(
    'div',
    { class: 'dp-side' },
    h('div', {}, h('h4', {}, t('dot')), total, verdict),
    h('div', {}, h('h4', {}, t('products')), sums),
    h('div', {}, dial, facts),
    h(
      'div',
      { class: 'dp-part' },
      h('h4', {}, t('unit')),
      h('p', { class: 'hint' }, t('unitHelp')),
      h(
        'div',
        { class: 'row' },
        double,
        button(t('halve'), () => scale(0.5)),
        button(t('perpendicular'), () => {
          const [x, y] = now.a;
          const share = length(now.a) === 0 ? 0 : Math.min(length(now.b), 3.2) / length(now.a);
          change({ b: [within(-y * share, 4.4), within(x * share, 3.2)] });
        }),
        button(t('swap'), () => change({ a: now.b, b: now.a })),
      ),
    ),
  );
  const element = h(
    'div',
    { class: 'dp' },
    h('div', { class: 'dp-picture' }, on.element, h('p', { class: 'hint' }, t('keys'))),
    side,
  );

  function draw(): void {
    if (on.width === 0) return;
    const { a, b } = now;
    const shadow = projection(a, b) as unknown as Point;
    const value = dot(a, b);
    const sign = Math.abs(value) < 0.005 ? 'none' : value > 0 ? 'plus' : 'minus';
    const line = 9 / (length(a) || 1);
    const parts: SVGElement[] = gridOf(on, [-EXTENT[0], EXTENT[0]], [-EXTENT[1], EXTENT[1]]);
    if (length(a) > 0)
      parts.push(
        s('path', {
          d: pathOf(on, [
            [-a[0] * line, -a[1] * line],
            [a[0] * line, a[1] * line],
          ]),
          class: 'dp-line',
        }),
        s('path', { d: pathOf(on, [[0, 0], shadow]), class: `dp-shadow ${sign}` }),
        s('path', { d: pathOf(on, [b, shadow]), class: 'dp-drop' }),
        arcOf(a, b),
      );
    parts.push(
      arrow(on, [0, 0], a, { color: 'var(--cat-1)' }),
      arrow(on, [0, 0], b, { color: 'var(--cat-2)' }),
      name('a', a),
      name('b', b),
    );
    if (length(shadow) > 0.5)
      parts.push(
        s(
          'text',
          {
            x: on.x(shadow[0] / 2),
            y: on.y(shadow[1] / 2) + (b[1] * a[0] - b[0] * a[1] >= 0 === a[0] >= 0 ? 22 : -14),
            'text-anchor': 'middle',
            class: 'halo',
          },
          t('shadow', { value: n(length(shadow)) }),
        ),
      );
    marks.replaceChildren(...parts);
    for (const each of handles) each.place();
  }

  /** Where the angle is: a small arc from one vector to the other, and its degrees. */
  function arcOf(a: Point, b: Point): SVGGElement {
    const [from, to] = [Math.atan2(a[1], a[0]), Math.atan2(b[1], b[0])];
    let turn = to - from;
    if (turn > Math.PI) turn -= 2 * Math.PI;
    if (turn < -Math.PI) turn += 2 * Math.PI;
    const radius = 0.62;
    const points = Array.from({ length: 25 }, (_, i): Point => {
      const at = from + (turn * i) / 24;
      return [radius * Math.cos(at), radius * Math.sin(at)];
    });
    const middle = from + turn / 2;
    const degrees = angle(a, b);
    return s(
      'g',
      {},
      s('path', { d: pathOf(on, points), class: 'dp-arc' }),
      Number.isFinite(degrees) &&
        degrees > 8 &&
        s(
          'text',
          {
            x: on.x(Math.cos(middle) * 1.02),
            y: on.y(Math.sin(middle) * 1.02) + 4,
            'text-anchor': 'middle',
            class: 'halo',
          },
          `${n(degrees, 0)}°`,
        ),
    );
  }
  const name = (text: string, [x, y]: Point) => {
    const far = Math.hypot(x, y) || 1;
    return s(
      'text',
      {
        x: on.x(x) + (18 * x) / far + (10 * y) / far,
        y: on.y(y) - (18 * y) / far + (10 * x) / far + 4,
        'text-anchor': 'middle',
        class: 'halo dp-name',
      },
      text,
    );
  };

  function show(next: DotState): void {
    now = next;
    const { a, b } = now;
    const value = dot(a, b);
    const similar = cosine(a, b);
    total.textContent = n(value);
    total.className = `live dp-total ${value < -0.005 ? 'minus' : ''}`;
    verdict.textContent = t(Math.abs(value) < 0.005 ? 'zero' : value > 0 ? 'plus' : 'minus');
    double.disabled = Math.abs(b[0]) > 2.2 || Math.abs(b[1]) > 1.6;
    sums.replaceChildren(...sumRows(a, b));
    facts.replaceChildren(
      ...[
        [t('angle'), Number.isFinite(similar) ? `${n(angle(a, b), 1)}°` : '—'],
        [
          t('cosine'),
          Number.isFinite(similar)
            ? h('button', { type: 'button', class: 'live', onclick: () => open('cosine') }, n(similar))
            : '—',
        ],
        [t('lengths'), `${n(length(a))} · ${n(length(b))}`],
      ].flatMap(([term, text]) => [h('dt', {}, term), h('dd', {}, text)]),
    );
    dial.replaceChildren(
      s('path', { d: 'M0 20H200M0 14V26M100 14V26M200 14V26', class: 'dp-rule' }),
      s('text', { x: 0, y: 38, 'text-anchor': 'middle' }, '−1'),
      s('text', { x: 100, y: 38, 'text-anchor': 'middle' }, '0'),
      s('text', { x: 200, y: 38, 'text-anchor': 'middle' }, '1'),
    );
    if (Number.isFinite(similar))
      dial.append(
        s('path', {
          d: `M100 20H${100 + 100 * similar}`,
          class: `dp-travelled ${similar < 0 ? 'minus' : ''}`,
        }),
        s('circle', { cx: 100 + 100 * similar, cy: 20, r: 7, class: 'dp-tip' }),
      );
    draw();
  }

  /** Each coordinate's product as a bar to the left or the right, and their sum. */
  function sumRows(a: Point, b: Point): HTMLElement[] {
    const products = a.map((x, i) => x * (b[i] as number));
    const widest = Math.max(1, ...products.map(Math.abs), Math.abs(dot(a, b)));
    const row = (text: HTMLElement[], value: number, kind = '') =>
      h(
        'div',
        { class: `dp-row ${kind}` },
        h('span', { class: 'dp-terms' }, text),
        h(
          'span',
          { class: 'dp-track', 'aria-hidden': 'true' },
          h('span', {
            class: value < 0 ? 'dp-bar minus' : 'dp-bar',
            style: { '--w': `${(50 * Math.abs(value)) / widest}%` },
          }),
        ),
        h('output', {}, n(value)),
      );
    const factor = (value: number, which: 1 | 2) => h('b', { class: `dp-${which}` }, n(value, 1));
    return [
      ...products.map((value, i) =>
        row([factor(a[i] as number, 1), h('span', {}, ' × '), factor(b[i] as number, 2)], value),
      ),
      row([h('span', {}, t('sum'))], dot(a, b), 'sum'),
    ];
  }

  return {
    element,
    show,
    destroy: on.destroy,
    words({ a, b }: DotState): string[] {
      const value = dot(a, b);
      const sentences = [
        t('wordsDot', { ax: n(a[0]), ay: n(a[1]), bx: n(b[0]), by: n(b[1]), dot: n(value) }),
        t(Math.abs(value) < 0.005 ? 'zero' : value > 0 ? 'plus' : 'minus'),
      ];
      if (Number.isFinite(cosine(a, b)))
        sentences.push(
          t('wordsAngle', { degrees: n(angle(a, b), 1), cosine: n(cosine(a, b)) }),
          t('wordsShadow', { value: n(length(projection(a, b))) }),
        );
      return sentences;
    },
    table({ a, b }: DotState): TableView {
      return {
        caption: t('table'),
        columns: [t('coordinate'), 'a', 'b', t('product')],
        rows: [
          ...[0, 1].map((i) => [
            i + 1,
            a[i] as number,
            b[i] as number,
            n((a[i] as number) * (b[i] as number)),
          ]),
          [t('total'), '', '', n(dot(a, b))],
        ],
      };
    },
  };
}
