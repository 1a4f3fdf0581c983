import { formatFixed } from '../../i18n/numbers.ts';
import type { ExhibitContext } from '../exhibit.ts';
import { diverging, sequential } from '../support/colors.ts';
import { button } from '../support/controls.ts';
import { h, s } from '../support/dom.ts';
import { type Palette, paintPixels } from '../support/pixels.ts';
import type { Look } from './compute.ts';
import { windowAt } from './drawing.ts';
import type { CnnState, CnnTranslate } from './exhibit.ts';
import { arrows } from './pad.ts';
import { type HandMade, handMade, SIDE } from './size.ts';

/** Windows a second when the filter sweeps over the digit. */
const PACE = 70;

/** One window under the glass: nine shares of ink times nine weights, their sum, and where it lands on the map. */
export function microscope(
  t: CnnTranslate,
  context: Pick<ExhibitContext<CnnState>, 'locale' | 'reducedMotion'>,
  does: {
    place(row: number, column: number): void;
    fix(values: number[] | null): void;
    faces(): Promise<void>;
  },
): {
  element: HTMLElement;
  show(look: Look | null, seen: Float32Array, state: CnnState, palette: Palette): void;
  destroy(): void;
} {
  // What rounds to nothing has no sign.
  const write = (value: number) => formatFixed(context.locale, Number(value.toFixed(2)) || 0);
  const inks = Array.from({ length: 9 }, () => h('span', { class: 'ck-n' }));
  const products = Array.from({ length: 9 }, () => h('span', { class: 'ck-n' }));
  const weights = Array.from({ length: 9 }, (_, i) =>
    h('input', {
      class: 'ck-n',
      type: 'number',
      step: 0.1,
      min: -9,
      max: 9,
      'aria-label': t('kernelCell', { row: Math.floor(i / 3) + 1, column: (i % 3) + 1 }),
      onchange: () => {
        const values = weights.map((input) => Math.max(-9, Math.min(9, Number(input.value) || 0)));
        does.fix(values);
      },
    }),
  );
  const sum = h('output', { class: 'ck-sum' });
  const bias = h('span', { class: 'muted small' });
  const after = h('span', { class: 'muted small' });
  const map = h('canvas', { 'aria-hidden': 'true' });
  const pooled = h('canvas', { class: 'ck-pooled', 'aria-hidden': 'true' });
  const dot = s('rect', { width: 1, height: 1, class: 'ck-box' });
  const eye = h('canvas', { 'aria-hidden': 'true' });
  const frame = s('rect', { width: 3, height: 3, class: 'ck-box' });
  const eyeBox = h(
    'div',
    { class: 'ck-bigmap', tabindex: 0, role: 'application' },
    eye,
    s('svg', { viewBox: `0 0 ${SIDE} ${SIDE}`, 'aria-hidden': 'true' }, frame),
  );
  const veil = s('path', { class: 'ck-veil' });
  const mapBox = h(
    'div',
    { class: 'ck-bigmap', tabindex: 0, role: 'application' },
    map,
    s('svg', { viewBox: `0 0 ${SIDE} ${SIDE}`, 'aria-hidden': 'true' }, veil, dot),
  );
  const title = h('span', { class: 'ck-cap' });
  const sweepButton = button(t('sweep'), () => (timer === null ? sweep() : halt()));
  const nextButton = button(t('next'), next, { kind: 'plain' });
  const restore = button(t('restore'), () => does.fix(null), { kind: 'plain' });
  const presets = (Object.keys(handMade) as HandMade[]).map((name) =>
    button(t(name), () => does.fix([...handMade[name]]), { kind: 'plain' }),
  );
  const element = h(
    'section',
    { class: 'ck-micro' },
    h(
      'div',
      { class: 'chart-h' },
      h('h4', {}, t('micro')),
      h('div', { class: 'row' }, context.reducedMotion ? null : sweepButton, nextButton),
    ),
    h(
      'div',
      { class: 'ck-sumrow' },
      h('figure', {}, h('figcaption', { class: 'ck-cap' }, t('input')), eyeBox),
      h(
        'figure',
        {},
        h('figcaption', { class: 'ck-cap' }, t('window')),
        h('div', { class: 'ck-nine' }, inks),
      ),
      h('span', { class: 'ck-op', 'aria-hidden': 'true' }, '×'),
      h('figure', {}, h('figcaption', {}, title), h('div', { class: 'ck-nine' }, weights)),
      h('span', { class: 'ck-op', 'aria-hidden': 'true' }, '='),
      h(
        'figure',
        {},
        h('figcaption', { class: 'ck-cap' }, t('product')),
        h('div', { class: 'ck-nine' }, products),
      ),
      h('span', { class: 'ck-op', 'aria-hidden': 'true' }, '→'),
      h(
        'div',
        { class: 'ck-result' },
        h('span', { class: 'ck-cap' }, t('sum')),
        sum,
        bias,
        after,
        button(t('faces'), () => void does.faces()),
      ),
      h('figure', {}, h('figcaption', { class: 'ck-cap' }, t('map')), mapBox),
      h('figure', {}, h('figcaption', { class: 'ck-cap' }, t('pooled')), pooled),
    ),
    h(
      'div',
      { class: 'row ck-presets' },
      h('span', { class: 'small muted' }, t('presets')),
      presets,
      restore,
    ),
  );

  let place: readonly [number, number] = [0, 0];
  let timer: number | null = null;
  function next(): void {
    const index = (place[0] * SIDE + place[1] + 1) % (SIDE * SIDE);
    does.place(Math.floor(index / SIDE), index % SIDE);
  }
  function sweep(): void {
    sweepButton.textContent = t('stopSweep');
    does.place(0, 0);
    timer = window.setInterval(() => {
      if (place[0] === SIDE - 1 && place[1] === SIDE - 1) halt();
      else next();
    }, 1000 / PACE);
  }
  function halt(): void {
    if (timer !== null) window.clearInterval(timer);
    timer = null;
    sweepButton.textContent = t('sweep');
    veil.setAttribute('d', '');
  }
  for (const box of [eyeBox, mapBox]) {
    const point = (event: PointerEvent) => {
      const area = box.getBoundingClientRect();
      does.place(
        Math.floor(((event.clientY - area.top) / area.height) * SIDE),
        Math.floor(((event.clientX - area.left) / area.width) * SIDE),
      );
    };
    box.addEventListener('pointerdown', (event) => {
      box.setPointerCapture(event.pointerId);
      halt();
      point(event);
    });
    box.addEventListener('pointermove', (event) => {
      if (event.buttons > 0) point(event);
    });
    box.addEventListener('keydown', (event) => {
      const step = arrows[event.key];
      if (!step) return;
      event.preventDefault();
      halt();
      does.place(place[0] + step[0], place[1] + step[1]);
    });
  }

  const fill = (cell: HTMLElement, value: number, colors: { fill: string; text: string }) => {
    cell.style.background = colors.fill;
    cell.style.color = colors.text;
    if (!(cell instanceof HTMLInputElement)) cell.textContent = write(value);
  };

  return {
    element,
    show(look, seen, state, palette) {
      place = [state.row, state.column];
      const kernel = state.fixed[state.kernel] ?? look?.kernels[state.kernel] ?? new Array<number>(9).fill(0);
      const strongest = Math.max(1e-6, ...kernel.map(Math.abs));
      const ink = windowAt(seen, state.row, state.column);
      ink.forEach((value, i) => {
        const weight = kernel[i] ?? 0;
        fill(inks[i] as HTMLElement, value, sequential(value));
        fill(products[i] as HTMLElement, value * weight, diverging((value * weight) / strongest));
        const input = weights[i] as HTMLInputElement;
        fill(input, weight, diverging(weight / strongest));
        if (document.activeElement !== input) input.value = String(Number(weight.toFixed(2)));
      });
      title.textContent = t('kernel', { number: state.kernel + 1 });
      const at = state.row * SIDE + state.column;
      const value = look?.first[state.kernel]?.[at] ?? 0;
      sum.textContent = write(value);
      bias.textContent = t('bias', { value: write(look?.biases[state.kernel] ?? 0) });
      after.textContent = t('relu', { value: write(Math.max(0, value)) });
      const whole = look?.first[state.kernel] ?? new Float32Array(SIDE * SIDE);
      const most = Math.max(1e-6, ...Array.from(whole, Math.abs));
      paintPixels(map, whole, SIDE, (each) => palette.diverging(each / most));
      const half = look?.firstPooled[state.kernel] ?? new Float32Array((SIDE / 2) ** 2);
      paintPixels(pooled, half, SIDE / 2, (each) => palette.sequential(each / most));
      paintPixels(eye, seen, SIDE, palette.sequential);
      frame.setAttribute('x', String(state.column - 1));
      frame.setAttribute('y', String(state.row - 1));
      eyeBox.setAttribute('aria-label', t('inputLabel', { row: state.row + 1, column: state.column + 1 }));
      dot.setAttribute('x', String(state.column));
      dot.setAttribute('y', String(state.row));
      // While it sweeps, what the filter has not reached yet is not there yet.
      if (timer !== null)
        veil.setAttribute(
          'd',
          `M${state.column + 1} ${state.row}H${SIDE}V${SIDE}H0V${state.row + 1}H${state.column + 1}Z`,
        );
      mapBox.setAttribute('aria-label', t('mapLabel', { number: state.kernel + 1 }));
      restore.disabled = state.fixed[state.kernel] === null;
    },
    destroy: halt,
  };
}
