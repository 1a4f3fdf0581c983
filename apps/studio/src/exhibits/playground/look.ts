import { category } from '../support/colors.ts';
import { type Palette, paintPixels, type Rgb } from '../support/pixels.ts';
import { GRID } from './snapshot.ts';

// Colours of the playground: blue and ember for two classes and for values, categories for more; a class has its own marker.

/** The colour of a class or of a value, as a name of a token. */
export function colorOf(label: number, classes: number): string {
  if (classes === 1) {
    const step = Math.round(label * 3);
    return step === 0 ? 'var(--edge)' : `var(--${step < 0 ? 'neg' : 'pos'}-${Math.abs(step)})`;
  }
  return classes === 2 ? `var(--${label === 0 ? 'neg' : 'pos'}-3)` : category(label);
}

const mix = (a: Rgb, b: Rgb, share: number): Rgb => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

/** Paints what the network thinks at each place: the class that it believes in, the paler the less sure it is. */
export function paintSurface(
  canvas: HTMLCanvasElement,
  surface: ArrayLike<number>,
  classes: number,
  palette: Palette,
): void {
  const at = (i: number, j: number) => Number(surface[i * classes + j]);
  const cells = Array.from({ length: GRID * GRID }, (_, i) => i);
  if (classes <= 2) {
    const value = classes === 1 ? (i: number) => at(i, 0) : (i: number) => at(i, 1) - at(i, 0);
    paintPixels(canvas, cells, GRID, (i) => palette.diverging(0.8 * value(i)));
    return;
  }
  const colors = Array.from({ length: classes }, (_, j) => palette.token(`--cat-${j + 1}`));
  const zero = palette.token('--zero');
  paintPixels(canvas, cells, GRID, (i) => {
    let best = 0;
    for (let j = 1; j < classes; j++) if (at(i, j) > at(i, best)) best = j;
    const sure = (at(i, best) - 1 / classes) / (1 - 1 / classes);
    return mix(zero, colors[best] as Rgb, 0.7 * sure);
  });
}

/** Paints one column of [GRID², columns]: blue below zero, ember above, as strong as the strongest of it. */
export function paintColumn(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  columns: number,
  column: number,
  palette: Palette,
): void {
  const own = Float32Array.from({ length: GRID * GRID }, (_, i) => Number(values[i * columns + column]));
  const most = own.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 0);
  paintPixels(canvas, own, GRID, (value) => palette.diverging(most > 1e-6 ? value / most : 0));
}

/** Paints how sure the network is of one class. */
export function paintClass(
  canvas: HTMLCanvasElement,
  surface: ArrayLike<number>,
  classes: number,
  label: number,
  palette: Palette,
): void {
  if (classes === 1) {
    paintSurface(canvas, surface, 1, palette);
    return;
  }
  const own = Float32Array.from({ length: GRID * GRID }, (_, i) => Number(surface[i * classes + label]));
  const color =
    classes === 2 ? palette.token(label === 0 ? '--neg-2' : '--pos-2') : palette.token(`--cat-${label + 1}`);
  const zero = palette.token('--zero');
  paintPixels(canvas, own, GRID, (value) => mix(zero, color, 0.9 * value));
}
