import { h, s } from '../support/dom.ts';
import { type Palette, paintPixels } from '../support/pixels.ts';
import type { CnnTranslate } from './exhibit.ts';
import { SIDE } from './size.ts';

/** Where the learner draws, with a pen that the arrow keys move as well. */
export function drawingPad(
  t: CnnTranslate,
  ink: (x: number, y: number, amount: number) => void,
): {
  element: HTMLElement;
  show(pixels: Float32Array, palette: Palette): void;
} {
  const canvas = h('canvas', { width: SIDE, height: SIDE, 'aria-hidden': 'true' });
  const pen = s('circle', { r: 1.15, class: 'ck-box ck-pen' });
  const element = h(
    'div',
    { class: 'ck-pad', tabindex: 0, role: 'application' },
    canvas,
    s('svg', { viewBox: `0 0 ${SIDE} ${SIDE}`, 'aria-hidden': 'true' }, pen),
  );
  let place: readonly [number, number] = [4, 9];
  const movePen = (row: number, column: number) => {
    place = [Math.max(0, Math.min(SIDE - 1, row)), Math.max(0, Math.min(SIDE - 1, column))];
    pen.setAttribute('cx', String(place[1] + 0.5));
    pen.setAttribute('cy', String(place[0] + 0.5));
    element.setAttribute('aria-label', t('padLabel', { row: place[0] + 1, column: place[1] + 1 }));
  };
  movePen(...place);

  const at = (event: PointerEvent): readonly [number, number] => {
    const area = element.getBoundingClientRect();
    return [
      ((event.clientX - area.left) / area.width) * SIDE,
      ((event.clientY - area.top) / area.height) * SIDE,
    ];
  };
  let last: readonly [number, number] | null = null;
  const draw = (event: PointerEvent) => {
    const point = at(event);
    const from = last ?? point;
    const pieces = Math.max(1, Math.ceil(Math.hypot(point[0] - from[0], point[1] - from[1]) * 2));
    for (let i = 1; i <= pieces; i++)
      ink(
        from[0] + ((point[0] - from[0]) * i) / pieces,
        from[1] + ((point[1] - from[1]) * i) / pieces,
        event.shiftKey || event.buttons === 2 ? 0 : 1,
      );
    last = point;
  };
  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId);
    last = null;
    draw(event);
  });
  element.addEventListener('pointermove', (event) => {
    if (last) draw(event);
  });
  for (const end of ['pointerup', 'pointercancel'] as const)
    element.addEventListener(end, () => {
      last = null;
    });
  element.addEventListener('keydown', (event) => {
    const step = arrows[event.key];
    if (step) movePen(place[0] + step[0], place[1] + step[1]);
    else if (event.key === ' ') ink(place[1] + 0.5, place[0] + 0.5, 1);
    else if (event.key === 'Backspace' || event.key === 'Delete') ink(place[1] + 0.5, place[0] + 0.5, 0);
    else return;
    event.preventDefault();
  });

  return {
    element,
    show: (pixels, palette) => paintPixels(canvas, pixels, SIDE, palette.sequential),
  };
}

/** Where the arrow keys lead: rows and columns. */
export const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};
