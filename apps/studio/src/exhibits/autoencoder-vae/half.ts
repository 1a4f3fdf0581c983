import type { Locale } from '../../i18n/locale.ts';
import { formatFixed } from '../../i18n/numbers.ts';
import { category, markers } from '../support/colors.ts';
import { h, s } from '../support/dom.ts';
import { type Palette, paintPixels } from '../support/pixels.ts';
import type { LatentView, Which } from './compute.ts';
import type { LatentState, LatentTranslate } from './exhibit.ts';
import { CODES, PIXELS, SIDE, TILES } from './size.ts';

const VIEW = 390;

/** Pictures of a map, tile by tile, as one picture row by row. */
export function mosaic(pictures: Float32Array, columns: number): Float32Array {
  const count = pictures.length / PIXELS;
  const width = columns * SIDE;
  const image = new Float32Array(count * PIXELS);
  for (let i = 0; i < count; i++)
    for (let row = 0; row < SIDE; row++) {
      const from = i * PIXELS + row * SIDE;
      const to = (Math.floor(i / columns) * SIDE + row) * width + (i % columns) * SIDE;
      image.set(pictures.subarray(from, from + SIDE), to);
    }
  return image;
}

/** One of the two networks: its map with codes over it, the picture of the chosen code, and pictures of random codes. */
export function half(
  which: Which,
  t: LatentTranslate,
  locale: Locale,
  move: (x: number, y: number) => void,
  /** Somebody wants to know where a figure comes from. */
  ask: (of: 'reconstruction' | 'kl') => void,
): {
  element: HTMLElement;
  show(view: LatentView, state: LatentState, picture: Float32Array | null, palette: Palette): void;
} {
  const map = h('canvas', { class: 'av-mapcanvas', 'aria-hidden': 'true' });
  const cloud = s('g');
  const handle = s(
    'g',
    { class: 'av-handle' },
    s('circle', { r: 20, class: 'halo' }),
    s('circle', { r: 7.5, class: 'tip0' }),
  );
  const plane = h(
    'div',
    { class: 'av-map', tabindex: 0, role: 'application' },
    map,
    s('svg', { viewBox: `0 0 ${VIEW} ${VIEW}`, 'aria-hidden': 'true' }, cloud, handle),
  );
  const chosen = h('canvas', { class: 'av-chosen', 'aria-hidden': 'true' });
  const chosenName = h('span', { class: 'av-cap' });
  const samples = h('canvas', { class: 'av-samples', 'aria-hidden': 'true' });
  const strange = h('span', { class: 'small muted' });
  const figure = h('p', { class: 'av-figures' });
  const reach = h('span', { class: 'xs muted' });
  const element = h(
    'section',
    { class: 'av-half' },
    h('h4', {}, t(which)),
    h('p', { class: 'small muted' }, t(which === 'ae' ? 'aeNote' : 'vaeNote')),
    plane,
    reach,
    h(
      'div',
      { class: 'av-below' },
      h('figure', {}, chosen, h('figcaption', {}, chosenName)),
      h('div', {}, h('span', { class: 'av-cap' }, t('samples')), samples, strange),
    ),
    figure,
  );
  const live = (of: 'reconstruction' | 'kl') =>
    h('button', { type: 'button', class: 'live', onclick: () => ask(of) });
  // They stay where they are while the numbers change: somebody may be about to press one.
  const figures = { reconstruction: live('reconstruction'), kl: live('kl') };
  const said = [
    h('span', {}, figures.reconstruction, ` ${t('reconstruction')}`),
    ...(which === 'vae' ? [' · ', h('span', {}, figures.kl, ` ${t('kl')}`)] : []),
  ];
  let place: readonly [number, number] = [0, 0];
  const inside = (value: number) => Math.max(-1, Math.min(1, value));
  const point = (event: PointerEvent) => {
    const area = plane.getBoundingClientRect();
    move(
      inside((2 * (event.clientX - area.left)) / area.width - 1),
      inside(1 - (2 * (event.clientY - area.top)) / area.height),
    );
  };
  plane.addEventListener('pointerdown', (event) => {
    plane.setPointerCapture(event.pointerId);
    point(event);
  });
  plane.addEventListener('pointermove', (event) => {
    if (event.buttons > 0) point(event);
  });
  plane.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!step) return;
    event.preventDefault();
    move(inside(place[0] + 0.05 * (step[0] ?? 0)), inside(place[1] + 0.05 * (step[1] ?? 0)));
  });

  return {
    element,
    show(view, state, picture, palette) {
      const now = view[which];
      place = state[which];
      map.hidden = !state.map;
      if (state.map)
        paintPixels(map, mosaic(now.map, TILES), TILES * SIDE, (ink) => palette.sequential(0.82 * ink));
      const at = (value: number) => (VIEW / 2) * (1 + value / now.reach);
      cloud.replaceChildren();
      if (state.points)
        for (let i = 0; i < CODES; i++) {
          const [x, y] = [at(now.codes[2 * i] as number), at(-(now.codes[2 * i + 1] as number))];
          const digit = view.labels[i] as number;
          cloud.append(
            s('path', {
              d: markers[digit % 8],
              class: digit < 8 ? 'av-code' : 'av-code hollow',
              transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
              style: { '--c': category(digit) },
            }),
          );
        }
      handle.setAttribute(
        'transform',
        `translate(${(VIEW / 2) * (1 + place[0])} ${(VIEW / 2) * (1 - place[1])})`,
      );
      const [x, y] = place.map((value) =>
        formatFixed(locale, Number((value * now.reach).toFixed(1)) || 0, 1),
      ) as [string, string];
      plane.setAttribute('aria-label', t('mapOf', { name: t(which), x, y }));
      chosenName.textContent = t('chosen', { x, y });
      paintPixels(chosen, picture ?? new Float32Array(PIXELS), SIDE, palette.sequential);
      paintPixels(samples, mosaic(now.samples.subarray(0, 16 * PIXELS), 8), 8 * SIDE, palette.sequential);
      strange.textContent = t('strange', {
        value: formatFixed(locale, now.strangeness, 3),
        usual: formatFixed(locale, view.usual, 3),
      });
      reach.textContent = t('reach', {
        from: formatFixed(locale, -now.reach, 1),
        to: formatFixed(locale, now.reach, 1),
      });
      const nats = (value: number) => t('nats', { value: formatFixed(locale, value, 1) });
      figures.reconstruction.textContent = nats(now.reconstruction);
      figures.kl.textContent = nats(view.kl[0] + view.kl[1]);
      if (figure.childNodes.length === 0) figure.append(...said);
    },
  };
}
