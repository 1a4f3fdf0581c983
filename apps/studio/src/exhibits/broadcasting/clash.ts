import { button } from '../support/controls.ts';
import { h, s } from '../support/dom.ts';
import type { Combined } from './compute.ts';
import type { BroadcastState, BroadcastTools } from './exhibit.ts';
import { align, fixesOf, written } from './shapes.ts';

const SIDE = 40;
const GAP = 12;
const APART = 62;

/** Two sides that do not pair off, as a picture: who is left without a partner, and what would help. */
export function clashView({ t, change }: BroadcastTools) {
  const element = h('section', { class: 'bc-clash', 'aria-live': 'polite' });

  function picture(a: number, b: number): SVGElement {
    const most = Math.max(a, b);
    const fewest = Math.min(a, b);
    const width = 36 + most * (SIDE + GAP);
    const height = 2 * SIDE + APART + 8;
    const x = (i: number) => 36 + i * (SIDE + GAP);
    const rows = [
      { name: 'a', count: a, y: 4 },
      { name: 'b', count: b, y: 4 + SIDE + APART },
    ] as const;
    return s(
      'svg',
      {
        viewBox: `0 0 ${width} ${height}`,
        class: 'bc-pairs',
        role: 'img',
        'aria-label': t('clashPicture', { a, b, left: most - fewest }),
        style: { 'max-width': `${width * 1.15}px` },
      },
      Array.from({ length: most }, (_, i) => {
        const paired = i < fewest;
        const [top, bottom] = [rows[0].y + SIDE, rows[1].y];
        const center = x(i) + SIDE / 2;
        const toB = a > b;
        return s('line', {
          class: paired ? 'pair' : 'lost',
          x1: center,
          x2: center,
          y1: paired || toB ? top + 4 : bottom - 4,
          y2: paired || !toB ? (paired ? bottom - 4 : top + 22) : bottom - 22,
        });
      }),
      rows.map(({ name, count, y }) => [
        s('text', { x: 8, y: y + SIDE / 2 + 6, class: `name ${name}` }, name),
        Array.from({ length: most }, (_, i) => {
          const there = i < count;
          const lost = i >= fewest;
          return s(
            'g',
            { class: there ? `box ${name}${lost ? ' alone' : ''}` : 'hole' },
            s('rect', { x: x(i), y, width: SIDE, height: SIDE, rx: 3 }),
            s('text', { x: x(i) + SIDE / 2, y: y + SIDE / 2 + 6 }, there ? String(i) : '?'),
          );
        }),
      ]),
    );
  }

  function show({ a, b }: BroadcastState, combined: Combined | null): void {
    const axes = align(a, b);
    // From the right, as the engine compares.
    const place = axes.findLastIndex(({ size }) => size === null);
    const axis = axes[place];
    if (!axis) {
      element.replaceChildren();
      return;
    }
    const [x, y] = [axis.a as number, axis.b as number];
    const name = t(`axis${axes.length - place}` as 'axis1');
    const kinds = { axis: t('fixAxis'), transpose: t('fixTranspose') } as const;
    const fixes = fixesOf(a, b);
    element.replaceChildren(
      h('h4', {}, t('clashTitle', { axis: name.charAt(0).toUpperCase() + name.slice(1), a: x, b: y })),
      h('div', { class: 'bc-clashbody' }, picture(x, y), h('p', {}, t('clashWhy'))),
      combined && 'error' in combined
        ? h(
            'p',
            { class: 'bc-engine' },
            h('span', {}, t('engineSays')),
            ' ',
            h('code', { lang: 'en' }, combined.error),
          )
        : '',
      h('h4', {}, t('fixes')),
      h(
        'ul',
        { class: 'bc-fixes' },
        fixes.map(({ of, kind, shape, code }) =>
          h(
            'li',
            {},
            button(code === null ? `${of}: ${written(shape)}` : `${code} → ${written(shape)}`, () =>
              change({ [of]: [...shape] }),
            ),
            h(
              'span',
              { class: 'hint' },
              kind === 'resize' ? t('fixResize', { name: of, shape: written(shape) }) : kinds[kind],
            ),
          ),
        ),
      ),
    );
  }
  return { element, show };
}
