import type { Locale } from '../../i18n/locale.ts';
import { formatPercent } from '../../i18n/numbers.ts';
import { flamePath } from '../../ui/flame.ts';
import { h, s } from '../support/dom.ts';
import { type Coverage, MODES } from './distributions.ts';
import type { GanTranslate } from './exhibit.ts';

/** The collapse meter: a flame for each part of the real points, as high as the share of made points that lie there. */
export function collapseMeter(
  t: GanTranslate,
  locale: Locale,
): { element: HTMLElement; show(coverage: Coverage): void } {
  const width = 300 / MODES;
  const flames = Array.from({ length: MODES }, (_, i) =>
    s('path', { transform: `translate(${i * width + 6} 78)`, class: 'gan-flame' }),
  );
  const names = Array.from({ length: MODES }, (_, i) =>
    s('text', { x: (i + 0.5) * width, y: 95, 'text-anchor': 'middle' }, i + 1),
  );
  // A fair share is two thirds of the height: what is above is too much.
  const HEIGHT = 66;
  const svg = s(
    'svg',
    { viewBox: '0 0 300 100', role: 'img', 'aria-label': t('meter'), class: 'gan-meter' },
    s('path', { d: `M0 ${78 - HEIGHT * 0.5}H300`, class: 'gan-fair' }),
    s('path', { d: 'M0 78H300', class: 'gan-floor' }),
    flames,
    names,
  );
  const figure = h('strong', { class: 'gan-figure' });
  const note = h('span', { class: 'muted small' });
  return {
    element: h('div', {}, h('h4', {}, t('meter')), h('p', { class: 'gan-count' }, figure, ' ', note), svg),
    show({ shares, covered, good }) {
      figure.textContent = t('covered', { covered, modes: MODES });
      note.textContent = t('good', { percent: formatPercent(locale, good) });
      shares.forEach((share, i) => {
        const height = Math.max(1.5, HEIGHT * Math.min(1, (share * MODES) / 2));
        flames[i]?.setAttribute('d', flamePath(width - 12, height));
        flames[i]?.setAttribute('class', share * MODES >= 0.25 ? 'gan-flame lit' : 'gan-flame');
      });
      svg.setAttribute(
        'aria-label',
        shares
          .map((share, i) => t('modeShare', { number: i + 1, percent: formatPercent(locale, share) }))
          .join(', '),
      );
    },
  };
}
