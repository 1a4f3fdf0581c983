import { SIDE } from './size.ts';

/** A drawing as a short text for links: a hexadecimal digit a pixel, and runs of empty ones as `.` and their number in base 36. */
export function writeDrawing(pixels: ArrayLike<number>): string {
  let text = '';
  let empty = 0;
  const flush = () => {
    if (empty > 0) text += `.${empty.toString(36)}.`;
    empty = 0;
  };
  for (let i = 0; i < pixels.length; i++) {
    const level = Math.round(Math.max(0, Math.min(1, pixels[i] as number)) * 15);
    if (level === 0) empty++;
    else {
      flush();
      text += level.toString(16);
    }
  }
  flush();
  return text;
}

/** The drawing of such a text; `null` for one that is none. */
export function readDrawing(text: string): Float32Array | null {
  const pixels = new Float32Array(SIDE * SIDE);
  let at = 0;
  for (const [part, run] of text.matchAll(/\.([0-9a-z]{1,3})\.|[0-9a-f]|[\s\S]/g)) {
    if (run !== undefined) at += Number.parseInt(run, 36);
    else if (/^[0-9a-f]$/.test(part) && at < pixels.length) pixels[at++] = Number.parseInt(part, 16) / 15;
    else return null;
  }
  return at === pixels.length ? pixels : null;
}

/** Ink of a soft pen at a place between the pixels; the drawing is changed. */
export function dab(pixels: Float32Array, x: number, y: number, ink: number, radius = 1.15): void {
  for (let row = Math.max(0, Math.floor(y - 2)); row <= Math.min(SIDE - 1, Math.ceil(y + 2)); row++)
    for (
      let column = Math.max(0, Math.floor(x - 2));
      column <= Math.min(SIDE - 1, Math.ceil(x + 2));
      column++
    ) {
      const near = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(column + 0.5 - x, row + 0.5 - y)));
      const at = row * SIDE + column;
      const before = pixels[at] as number;
      pixels[at] = ink > 0 ? Math.max(before, near * ink) : before * (1 - near);
    }
}

/** The nine pixels around one, row by row; outside there is no ink. */
export function windowAt(pixels: ArrayLike<number>, row: number, column: number): number[] {
  return Array.from({ length: 9 }, (_, i) => {
    const [r, c] = [row + Math.floor(i / 3) - 1, column + (i % 3) - 1];
    return r < 0 || c < 0 || r >= SIDE || c >= SIDE ? 0 : (pixels[r * SIDE + c] as number);
  });
}
