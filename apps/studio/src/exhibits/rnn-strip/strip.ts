import type { Locale } from '../../i18n/locale.ts';
import { formatFixed, formatPercent } from '../../i18n/numbers.ts';
import { flamePath } from '../../ui/flame.ts';
import { h, s } from '../support/dom.ts';
import { type Palette, paintPixels } from '../support/pixels.ts';
import type { Reading } from './compute.ts';
import type { StripTranslate } from './exhibit.ts';
import { flameHeight, relative } from './fate.ts';
import { HIDDEN, LETTERS } from './letters.ts';

const FLAMES = 120;

/** The film: letters, under each what the hidden state is after it, and below that how much of the gradient comes so far. */
export function filmStrip(
  t: StripTranslate,
  choose: (index: number) => void,
): {
  element: HTMLElement;
  show(text: string, reading: Reading | null, chosen: number, palette: Palette): void;
} {
  const letters = h('div', { class: 'rs-letters', 'aria-hidden': 'true' });
  const states = h('canvas', { class: 'rs-states', 'aria-hidden': 'true' });
  const flames = s('svg', { class: 'rs-flames', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  const marker = h('div', { class: 'rs-marker' });
  const frames = h(
    'div',
    { class: 'rs-frames', tabindex: 0, role: 'application' },
    letters,
    states,
    flames,
    marker,
  );
  let count = 1;
  let place = 0;
  const go = (index: number) => choose(Math.max(0, Math.min(count - 1, index)));
  const point = (event: PointerEvent) => {
    const area = frames.getBoundingClientRect();
    go(Math.floor(((event.clientX - area.left) / area.width) * count));
  };
  frames.addEventListener('pointerdown', (event) => {
    frames.setPointerCapture(event.pointerId);
    point(event);
  });
  frames.addEventListener('pointermove', (event) => {
    if (event.buttons > 0) point(event);
  });
  frames.addEventListener('keydown', (event) => {
    const target = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: count - 1 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    go(target);
  });
  const element = h(
    'div',
    { class: 'rs-film' },
    h('h4', {}, t('strip')),
    frames,
    h('h4', { class: 'rs-under' }, t('flames')),
    h('p', { class: 'hint' }, t('flamesHelp')),
  );
  return {
    element,
    show(text, reading, chosen, palette) {
      count = Math.max(1, text.length);
      place = chosen;
      letters.replaceChildren(
        ...[...text].map((letter, i) =>
          h(
            'span',
            { class: i === chosen ? 'on' : i > chosen ? 'later' : '' },
            letter === ' ' ? '␣' : letter,
          ),
        ),
      );
      const cells = new Float32Array(HIDDEN * count);
      reading?.states.forEach((state, column) => {
        for (let row = 0; row < HIDDEN; row++)
          cells[row * count + column] = column > chosen ? 0 : (state[row] as number);
      });
      paintPixels(states, cells, count, palette.diverging);
      const width = 24;
      flames.setAttribute('viewBox', `0 0 ${count * width} ${FLAMES}`);
      const shares = relative(reading?.slopes ?? []);
      const rules = [0, 1, 2, 3, 4, 5, 6, 7].map((power) => FLAMES * (1 - power / 8));
      flames.replaceChildren(
        s('path', { class: 'rs-rule', d: rules.map((y) => `M0 ${y}H${count * width}`).join('') }),
        // What is as much as at the last letter.
        s('path', { class: 'rs-even', d: `M0 ${FLAMES * (1 - flameHeight(1))}H${count * width}` }),
        ...shares.map((share, i) =>
          s('path', {
            transform: `translate(${i * width + 2} ${FLAMES})`,
            d: flamePath(width - 4, Math.max(1, FLAMES * flameHeight(share))),
            class: i === chosen ? 'rs-flame on' : share > 3 ? 'rs-flame wild' : 'rs-flame',
          }),
        ),
      );
      marker.style.left = `${(100 * chosen) / count}%`;
      marker.style.width = `${100 / count}%`;
      const letter = text[chosen] ?? '';
      frames.setAttribute(
        'aria-label',
        t('stripLabel', { count, number: chosen + 1, letter: letter === ' ' ? t('space') : letter }),
      );
    },
  };
}

/** What the network would answer if it were asked now: a flame for each letter. */
export function answerFlames(
  t: StripTranslate,
  locale: Locale,
  /** Somebody wants to know where the probability of a letter comes from. */
  ask: (letter: string) => void,
): { element: HTMLElement; show(text: string, reading: Reading | null, chosen: number): void } {
  const title = h('h4', {});
  let likeliest = '';
  const figure = h('button', { type: 'button', class: 'live', onclick: () => ask(likeliest) });
  const figures = h('p', { class: 'rs-likeliest', hidden: true }, t('likeliest'), ' ', figure);
  const told = (probabilities: ArrayLike<number>) =>
    [...LETTERS]
      .map((letter, i) => `${letter}: ${formatPercent(locale, probabilities[i] as number)}`)
      .join(', ');
  const none = new Float32Array(LETTERS.length);
  const flames = [...LETTERS].map((letter, i) => ({
    path: s('path', { transform: `translate(${i * 38 + 6} 80)` }),
    share: s('text', { x: i * 38 + 19, 'text-anchor': 'middle', class: 'rs-share' }),
    name: s('text', { x: i * 38 + 19, y: 100, 'text-anchor': 'middle' }, letter),
  }));
  const svg = s(
    'svg',
    { viewBox: '0 0 304 106', role: 'img', 'aria-label': told(none), class: 'rs-answers' },
    s('path', { d: 'M0 80H304', class: 'rs-floor' }),
    flames.map(({ path, share, name }) => [path, share, name]),
  );
  return {
    element: h('div', {}, title, svg, figures),
    show(text, reading, chosen) {
      title.textContent = t('answer', { read: text.slice(0, chosen + 1) });
      const probabilities = reading?.answers[chosen] ?? none;
      flames.forEach(({ path, share, name }, i) => {
        const p = probabilities[i] as number;
        const height = 1.5 + 58 * p;
        const right = LETTERS[i] === text[0];
        path.setAttribute('d', flamePath(26, height));
        path.setAttribute('class', right ? 'rs-answer right' : 'rs-answer');
        name.setAttribute('class', right ? 'rs-name right' : 'rs-name');
        share.setAttribute('y', String(80 - height - 4));
        share.textContent = p >= 0.01 ? formatPercent(locale, p) : '';
      });
      svg.setAttribute('aria-label', told(probabilities));
      const best = probabilities.indexOf(Math.max(...probabilities));
      likeliest = LETTERS[best] as string;
      figures.hidden = !reading;
      figure.textContent = `p(${likeliest}) = ${formatFixed(locale, probabilities[best] as number, 3)}`;
    },
  };
}
