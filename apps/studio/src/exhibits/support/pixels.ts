import { tokenColor } from './colors.ts';

// Dense pictures are painted on canvases, a value a pixel, in the colours of tokens.css as they are now: whoever paints
// paints anew when the theme changes (`onThemeChange`).

export type Rgb = readonly [red: number, green: number, blue: number];

/** The ramps of data as numbers. */
export interface Palette {
  /** From 0 to 1: paper to char, or night to white heat. */
  sequential(share: number): Rgb;
  /** From -1 to 1: blue, the sheet, ember. */
  diverging(value: number): Rgb;
  token(name: string): Rgb;
}

function parse(color: string): Rgb {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  // `color(srgb 0.1 0.2 0.3)` counts from 0 to 1.
  const scale = color.startsWith('color(') ? 255 : 1;
  return [red * scale, green * scale, blue * scale];
}

function ramp(colors: readonly Rgb[]): (share: number) => Rgb {
  return (share) => {
    const place = Math.max(0, Math.min(1, Number.isFinite(share) ? share : 0)) * (colors.length - 1);
    const below = Math.min(colors.length - 2, Math.floor(place));
    const [a, b] = [colors[below] as Rgb, colors[below + 1] as Rgb];
    const t = place - below;
    return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
  };
}

/** The colours as the browser sees them now. */
export function readPalette(element: Element): Palette {
  const token = (name: string) => parse(tokenColor(element, name));
  const sequential = ramp([0, 1, 2, 3, 4, 5, 6].map((step) => token(`--seq-${step}`)));
  const both = ramp(['--neg-3', '--neg-2', '--neg-1', '--zero', '--pos-1', '--pos-2', '--pos-3'].map(token));
  return { sequential, diverging: (value) => both((value + 1) / 2), token };
}

/** Paints one value a pixel, row by row; the page scales it. */
export function paintPixels(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  width: number,
  color: (value: number) => Rgb,
): void {
  const height = values.length / width;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(width, height);
  for (let i = 0; i < values.length; i++) {
    const [red, green, blue] = color(values[i] as number);
    image.data.set([red, green, blue, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}
