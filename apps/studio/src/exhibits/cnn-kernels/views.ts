import type { Locale } from '../../i18n/locale.ts';
import { formatPercent } from '../../i18n/numbers.ts';
import { flamePath } from '../../ui/flame.ts';
import { h, s } from '../support/dom.ts';
import { type Palette, paintPixels } from '../support/pixels.ts';
import type { Look } from './compute.ts';
import type { CnnState, CnnTranslate } from './exhibit.ts';
import { FIRST, SECOND, SIDE } from './size.ts';

/** The layers from left to right: eight filters over their maps, twelve maps of the second layer, ten flames. */
export function layersView(
  t: CnnTranslate,
  locale: Locale,
  choose: (kernel: number) => void,
): {
  element: HTMLElement;
  show(look: Look | null, state: CnnState, palette: Palette, drawn: boolean): void;
} {
  const firsts = Array.from({ length: FIRST }, (_, i) => {
    const kernel = h('canvas', { class: 'ck-kernel', 'aria-hidden': 'true' });
    const map = h('canvas', { class: 'ck-map', 'aria-hidden': 'true' });
    const mark = h('span', { class: 'ck-yours' });
    const element = h(
      'button',
      { type: 'button', class: 'ck-filter', onclick: () => choose(i) },
      h('span', { class: 'ck-khead' }, kernel, mark),
      map,
    );
    return { kernel, map, mark, element };
  });
  const seconds = Array.from({ length: SECOND }, () => h('canvas', { 'aria-hidden': 'true' }));
  const flames = Array.from({ length: 10 }, (_, digit) => {
    const path = s('path', { transform: `translate(${digit * 30 + 4} 92)` });
    const share = s('text', { x: digit * 30 + 15, y: 84, 'text-anchor': 'middle', class: 'ck-share' });
    const name = s('text', { x: digit * 30 + 15, y: 111, 'text-anchor': 'middle', class: 'ck-digit' }, digit);
    return { path, share, name };
  });
  const verdict = s(
    'svg',
    { viewBox: '0 0 300 116', class: 'ck-flames', role: 'img' },
    s('path', { d: 'M0 92H300', class: 'ck-floor' }),
    flames.map(({ path, share, name }) => [path, share, name]),
  );
  const element = h(
    'div',
    { class: 'ck-layers' },
    h('h4', {}, t('filters')),
    h(
      'div',
      { class: 'ck-filters' },
      firsts.map(({ element: one }) => one),
    ),
    h('h4', {}, t('second')),
    h('div', { class: 'ck-seconds' }, seconds),
    h('h4', {}, t('verdict')),
    verdict,
  );
  return {
    element,
    show(look, state, palette, drawn) {
      const zero = new Float32Array(SIDE * SIDE);
      const strongest = Math.max(1e-6, ...(look?.first.flatMap((map) => [...map].map(Math.abs)) ?? []));
      const weight = Math.max(1e-6, ...(look?.kernels.flatMap((kernel) => kernel.map(Math.abs)) ?? []));
      firsts.forEach(({ kernel, map, mark, element: one }, i) => {
        const fixed = state.fixed[i] !== null;
        paintPixels(kernel, look?.kernels[i] ?? new Float32Array(9), 3, (value) =>
          palette.diverging(value / weight),
        );
        paintPixels(map, look?.first[i] ?? zero, SIDE, (value) => palette.diverging(value / strongest));
        mark.textContent = fixed ? t('yours') : '';
        one.setAttribute('aria-pressed', String(state.kernel === i));
        one.setAttribute('aria-label', t(fixed ? 'filterYours' : 'filter', { number: i + 1 }));
      });
      const most = Math.max(1e-6, ...(look?.secondPooled.flatMap((map) => [...map]) ?? []));
      seconds.forEach((canvas, i) => {
        paintPixels(canvas, look?.secondPooled[i] ?? new Float32Array((SIDE / 4) ** 2), SIDE / 4, (value) =>
          palette.sequential(value / most),
        );
      });
      const probabilities = drawn && look ? look.probabilities : new Array<number>(10).fill(0);
      const best = Math.max(...probabilities);
      flames.forEach(({ path, share, name }, digit) => {
        const p = probabilities[digit] ?? 0;
        const height = 2 + 66 * p;
        path.setAttribute('d', flamePath(22, height));
        path.setAttribute('class', p === best && p > 0 ? 'ck-flame best' : 'ck-flame');
        share.setAttribute('y', String(92 - height - 5));
        share.textContent = p >= 0.005 ? formatPercent(locale, p) : '';
        name.setAttribute('class', p === best && p > 0 ? 'ck-digit best' : 'ck-digit');
      });
      verdict.setAttribute(
        'aria-label',
        drawn && look
          ? probabilities.map((p, digit) => `${digit}: ${formatPercent(locale, p)}`).join(', ')
          : t('nothing'),
      );
    },
  };
}
