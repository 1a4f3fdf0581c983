/**
 * Digits drawn by rules: strokes through a few points, bent and tilted at random, in ink of a random width. Endless, small
 * enough to learn from in seconds, and near enough to people's hands that what is learnt from them reads those too. Pure
 * numbers: no engine, no page.
 */

type Point = readonly [x: number, y: number];
/** Points that a smooth line goes through; two of them are a straight line. */
type Stroke = readonly Point[];

/** How each digit may be written, in a box from 0 to 1, y downwards. */
const glyphs: readonly (readonly (readonly Stroke[])[])[] = [
  [
    [ring(0.5, 0.5, 0.32, 0.46, -90, 270)],
    [ring(0.5, 0.5, 0.24, 0.46, -90, 270)],
    [ring(0.5, 0.5, 0.38, 0.42, -50, 320)],
  ],
  [
    [line(0.5, 0.04, 0.5, 0.96)],
    [line(0.32, 0.24, 0.54, 0.04), line(0.54, 0.04, 0.54, 0.96)],
    [line(0.34, 0.22, 0.52, 0.04), line(0.52, 0.04, 0.52, 0.95), line(0.3, 0.95, 0.74, 0.95)],
    [line(0.58, 0.04, 0.42, 0.96)],
  ],
  [
    [
      through(0.2, 0.26, 0.3, 0.1, 0.5, 0.04, 0.72, 0.1, 0.79, 0.28, 0.66, 0.52, 0.2, 0.95),
      line(0.2, 0.95, 0.84, 0.95),
    ],
    [
      through(0.22, 0.2, 0.45, 0.04, 0.72, 0.14, 0.74, 0.36, 0.52, 0.66, 0.26, 0.86),
      through(0.26, 0.86, 0.16, 0.92, 0.24, 0.78, 0.42, 0.84, 0.6, 0.94, 0.84, 0.88),
    ],
    [through(0.2, 0.24, 0.46, 0.04, 0.78, 0.22, 0.62, 0.56, 0.18, 0.94), line(0.18, 0.94, 0.8, 0.9)],
  ],
  [
    [
      through(0.22, 0.14, 0.46, 0.04, 0.72, 0.12, 0.74, 0.32, 0.44, 0.47),
      through(0.44, 0.47, 0.76, 0.54, 0.82, 0.76, 0.6, 0.95, 0.36, 0.95, 0.18, 0.84),
    ],
    [
      line(0.22, 0.06, 0.76, 0.06),
      line(0.76, 0.06, 0.44, 0.42),
      through(0.44, 0.42, 0.74, 0.5, 0.8, 0.74, 0.56, 0.95, 0.2, 0.88),
    ],
    [
      through(0.24, 0.1, 0.56, 0.06, 0.7, 0.24, 0.46, 0.44),
      through(0.46, 0.44, 0.72, 0.58, 0.68, 0.84, 0.44, 0.95, 0.2, 0.9),
    ],
  ],
  [
    [line(0.26, 0.06, 0.18, 0.56), line(0.18, 0.56, 0.84, 0.56), line(0.68, 0.06, 0.66, 0.96)],
    [line(0.62, 0.04, 0.14, 0.64), line(0.14, 0.64, 0.86, 0.64), line(0.62, 0.04, 0.62, 0.96)],
    [through(0.24, 0.1, 0.2, 0.4, 0.32, 0.54, 0.72, 0.48), line(0.76, 0.06, 0.68, 0.96)],
  ],
  [
    [
      line(0.78, 0.06, 0.3, 0.06),
      line(0.3, 0.06, 0.26, 0.44),
      through(0.26, 0.44, 0.52, 0.36, 0.78, 0.52, 0.76, 0.8, 0.5, 0.95, 0.18, 0.86),
    ],
    [
      line(0.36, 0.08, 0.28, 0.44),
      through(0.28, 0.44, 0.54, 0.4, 0.72, 0.58, 0.68, 0.84, 0.42, 0.95, 0.2, 0.88),
      line(0.36, 0.08, 0.8, 0.04),
    ],
    [through(0.8, 0.08, 0.4, 0.06, 0.28, 0.3, 0.5, 0.46, 0.72, 0.64, 0.62, 0.9, 0.2, 0.9)],
  ],
  [
    [
      through(
        0.66,
        0.04,
        0.4,
        0.2,
        0.24,
        0.5,
        0.24,
        0.78,
        0.46,
        0.95,
        0.72,
        0.86,
        0.76,
        0.66,
        0.54,
        0.54,
        0.28,
        0.68,
      ),
    ],
    [through(0.5, 0.04, 0.32, 0.34, 0.26, 0.7, 0.42, 0.95, 0.68, 0.88, 0.72, 0.68, 0.5, 0.6, 0.3, 0.76)],
    [
      through(
        0.76,
        0.1,
        0.48,
        0.06,
        0.26,
        0.36,
        0.22,
        0.7,
        0.44,
        0.95,
        0.74,
        0.84,
        0.7,
        0.58,
        0.44,
        0.5,
        0.24,
        0.62,
      ),
    ],
  ],
  [
    [line(0.2, 0.06, 0.8, 0.06), line(0.8, 0.06, 0.42, 0.96)],
    [line(0.2, 0.06, 0.8, 0.06), line(0.8, 0.06, 0.42, 0.96), line(0.36, 0.5, 0.76, 0.5)],
    [through(0.18, 0.14, 0.24, 0.06, 0.5, 0.1, 0.78, 0.07), through(0.78, 0.07, 0.6, 0.44, 0.48, 0.96)],
  ],
  [
    [ring(0.5, 0.26, 0.23, 0.22, -90, 270), ring(0.5, 0.72, 0.28, 0.24, -90, 270)],
    [
      through(
        0.72,
        0.18,
        0.5,
        0.04,
        0.28,
        0.2,
        0.5,
        0.46,
        0.74,
        0.72,
        0.5,
        0.96,
        0.26,
        0.74,
        0.5,
        0.46,
        0.72,
        0.18,
      ),
    ],
    [ring(0.52, 0.24, 0.2, 0.2, -90, 270), ring(0.48, 0.7, 0.24, 0.26, -90, 270)],
  ],
  [
    [ring(0.48, 0.3, 0.25, 0.26, 0, 360), through(0.73, 0.3, 0.72, 0.6, 0.64, 0.96)],
    [ring(0.48, 0.3, 0.26, 0.26, 0, 360), through(0.74, 0.28, 0.76, 0.62, 0.6, 0.9, 0.3, 0.92)],
    [
      through(0.7, 0.2, 0.46, 0.05, 0.24, 0.24, 0.38, 0.48, 0.66, 0.38, 0.7, 0.2),
      line(0.71, 0.2, 0.66, 0.96),
    ],
  ],
];

function line(...[x1, y1, x2, y2]: [number, number, number, number]): Stroke {
  return [
    [x1, y1],
    [x2, y2],
  ];
}

function through(...numbers: number[]): Stroke {
  return Array.from(
    { length: numbers.length / 2 },
    (_, i): Point => [numbers[2 * i] ?? 0, numbers[2 * i + 1] ?? 0],
  );
}

/** An arc of an ellipse, from one angle to another in degrees. */
function ring(x: number, y: number, width: number, height: number, from: number, to: number): Stroke {
  return Array.from({ length: 13 }, (_, i): Point => {
    const angle = ((from + ((to - from) * i) / 12) * Math.PI) / 180;
    return [x + width * Math.cos(angle), y + height * Math.sin(angle)];
  });
}

/** Random numbers from 0 to 1 (mulberry32): the same for the same seed, everywhere. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A smooth line through the points (Catmull and Rom's), as short straight pieces. */
function smooth(stroke: Stroke): Point[] {
  if (stroke.length === 2) return [...stroke];
  const at = (i: number): Point => stroke[Math.max(0, Math.min(stroke.length - 1, i))] as Point;
  const points: Point[] = [];
  for (let i = 0; i < stroke.length - 1; i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let part = 0; part < 4; part++) {
      const t = part / 4;
      const mix = (axis: 0 | 1) =>
        0.5 *
        (2 * b[axis] +
          (c[axis] - a[axis]) * t +
          (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis]) * t * t +
          (3 * b[axis] - a[axis] - 3 * c[axis] + d[axis]) * t ** 3);
      points.push([mix(0), mix(1)]);
    }
  }
  points.push(at(stroke.length - 1));
  return points;
}

export interface DigitOptions {
  /** Pixels a side. */
  readonly size: number;
  /** How much hands differ: 0 is print, 1 is people. Default 1. */
  readonly variety?: number;
}

/** One digit: `size` times `size` shares of ink from 0 to 1, row by row. */
export function drawDigit(
  digit: number,
  random: () => number,
  { size, variety = 1 }: DigitOptions,
): Float32Array {
  const variants = glyphs[digit] as readonly (readonly Stroke[])[];
  const strokes = variants[
    Math.floor(random() * variants.length * Math.min(1, variety))
  ] as readonly Stroke[];
  const bent = bend(random, variety);
  const lines = strokes.map((stroke) => smooth(stroke.length === 2 ? halves(stroke) : stroke).map(bent));
  const width = 0.045 + 0.045 * random() * variety + 0.02 * (1 - variety);
  return paint(fit(lines, 1, width), size, width);
}

/** A straight line with a middle, so that it can be bent. */
function halves([a, b]: Stroke): Stroke {
  const [from, to] = [a as Point, b as Point];
  const part = (t: number): Point => [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t];
  return [part(0), part(0.25), part(0.5), part(0.75), part(1)];
}

/** A random turn, slant, stretch and gentle wave of the plane. */
function bend(random: () => number, variety: number): (point: Point) => Point {
  const spread = (amount: number) => (random() * 2 - 1) * amount * variety;
  const angle = spread(0.2);
  const slant = spread(0.28) - 0.1 * variety;
  const stretch = 1 + spread(0.2);
  const waves = [0, 1].map(() => ({
    x: spread(0.06),
    y: spread(0.06),
    along: 2 + 3 * random(),
    across: 2 + 3 * random(),
    phase: random() * Math.PI * 2,
    other: random() * Math.PI * 2,
  }));
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return ([x0, y0]) => {
    let x = x0;
    let y = y0;
    for (const wave of waves) {
      x += wave.x * Math.sin(wave.along * y0 + wave.across * x0 + wave.phase);
      y += wave.y * Math.sin(wave.along * x0 + wave.across * y0 + wave.other);
    }
    x = (x - 0.5) * stretch - (y - 0.5) * slant;
    y -= 0.5;
    return [cos * x - sin * y + 0.5, sin * x + cos * y + 0.5];
  };
}

/** The lines, moved and grown together until they fill their square but for a margin; narrow ones stay narrow. */
function fit(lines: readonly Point[][], side: number, width: number): Point[][] {
  const xs = lines.flatMap((points) => points.map(([x]) => x));
  const ys = lines.flatMap((points) => points.map(([, y]) => y));
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const room = side * (1 - 2 * MARGIN) - 2 * width;
  const scale = room / Math.max(right - left, bottom - top, 1e-6);
  return lines.map((points) =>
    points.map(
      ([x, y]): Point => [
        side / 2 + (x - (left + right) / 2) * scale,
        side / 2 + (y - (top + bottom) / 2) * scale,
      ],
    ),
  );
}

/** How much of a square's side stays free of ink, on each of its sides. */
const MARGIN = 0.11;

/** Ink within `width` of the lines, with soft edges of a pixel. */
function paint(lines: readonly Point[][], size: number, width: number): Float32Array {
  const pixels = new Float32Array(size * size);
  const soft = 0.5 / size;
  for (const points of lines)
    for (let i = 0; i + 1 < points.length; i++) {
      const [ax, ay] = points[i] as Point;
      const [bx, by] = points[i + 1] as Point;
      const reach = width + 2 * soft;
      const bound = (value: number) => Math.max(0, Math.min(size - 1, Math.floor(value * size)));
      const [dx, dy] = [bx - ax, by - ay];
      const length = dx * dx + dy * dy || 1e-12;
      for (let row = bound(Math.min(ay, by) - reach); row <= bound(Math.max(ay, by) + reach); row++)
        for (
          let column = bound(Math.min(ax, bx) - reach);
          column <= bound(Math.max(ax, bx) + reach);
          column++
        ) {
          const [x, y] = [(column + 0.5) / size, (row + 0.5) / size];
          const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
          const distance = Math.hypot(x - ax - t * dx, y - ay - t * dy);
          const ink = Math.max(0, Math.min(1, (width - distance) / (2 * soft) + 0.5));
          const at = row * size + column;
          if (ink > (pixels[at] as number)) pixels[at] = ink;
        }
    }
  return pixels;
}

export interface DigitSet {
  /** [count, size, size], shares of ink from 0 to 1. */
  readonly pixels: Float32Array;
  readonly labels: Int32Array;
  readonly count: number;
  readonly size: number;
}

/** Many digits: as many of each, in random order. `digits` are those that occur. */
export function makeDigits(
  count: number,
  seed: number,
  {
    digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    ...options
  }: DigitOptions & { readonly digits?: readonly number[] },
): DigitSet {
  const random = randomNumbers(seed);
  const { size } = options;
  const pixels = new Float32Array(count * size * size);
  const labels = Int32Array.from({ length: count }, (_, i) => digits[i % digits.length] as number);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [labels[last], labels[other]] = [labels[other] as number, labels[last] as number];
  }
  for (let i = 0; i < count; i++)
    pixels.set(drawDigit(labels[i] as number, random, options), i * size * size);
  return { pixels, labels, count, size };
}

/**
 * A drawing of anybody, moved and scaled into the place where `drawDigit` puts its digits; `null` when nothing was drawn.
 * What a network reads has to stand where it learnt to look.
 */
export function centreDrawing(pixels: Float32Array, size: number, target = size): Float32Array | null {
  let [left, right, top, bottom] = [size, -1, size, -1];
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      if ((pixels[row * size + column] as number) < 0.2) continue;
      left = Math.min(left, column);
      right = Math.max(right, column);
      top = Math.min(top, row);
      bottom = Math.max(bottom, row);
    }
  if (right < 0) return null;
  const room = target * (1 - 2 * MARGIN);
  const scale = Math.max(right - left + 1, bottom - top + 1) / room;
  const [middleX, middleY] = [(left + right + 1) / 2, (top + bottom + 1) / 2];
  const result = new Float32Array(target * target);
  const take = (x: number, y: number) =>
    x < 0 || y < 0 || x >= size || y >= size ? 0 : (pixels[y * size + x] as number);
  /** The drawing between its pixels. */
  const sample = (x: number, y: number) => {
    const [column, row] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
    const [u, v] = [x - 0.5 - column, y - 0.5 - row];
    return (
      (1 - v) * ((1 - u) * take(column, row) + u * take(column + 1, row)) +
      v * ((1 - u) * take(column, row + 1) + u * take(column + 1, row + 1))
    );
  };
  const taps = Math.max(1, Math.ceil(scale));
  for (let row = 0; row < target; row++)
    for (let column = 0; column < target; column++) {
      let total = 0;
      for (let v = 0; v < taps; v++)
        for (let u = 0; u < taps; u++)
          total += sample(
            middleX + (column + (u + 0.5) / taps - target / 2) * scale,
            middleY + (row + (v + 0.5) / taps - target / 2) * scale,
          );
      result[row * target + column] = total / taps ** 2;
    }
  return result;
}
