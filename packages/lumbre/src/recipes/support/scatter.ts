import type { Picture } from '../../data/index.ts';
import { LETTER_HEIGHT, LETTER_WIDTH, paintText } from '../../data/pixelFont.ts';

export interface ScatterOptions {
  /** The class of each point: its colour. */
  readonly labels?: ArrayLike<number>;
  /** Is written in the middle of each class. */
  readonly labelNames?: readonly string[];
  /** Pixels of a side. Default 480. */
  readonly size?: number;
  /** The radius of a point, in pixels. Default 2.2. */
  readonly radius?: number;
}

type Colour = readonly [number, number, number];

const GROUND: Colour = [252, 250, 246];
const INK: Colour = [40, 36, 32];
/** Colours that are told apart, also by most who see few of them. */
const COLOURS: readonly Colour[] = [
  [214, 73, 51],
  [52, 104, 172],
  [62, 146, 88],
  [232, 156, 44],
  [128, 82, 160],
  [36, 164, 176],
  [196, 84, 138],
  [140, 110, 62],
  [112, 120, 132],
  [150, 176, 48],
];
const MARGIN = 0.04;
/** How much a point covers of what is below it. */
const OPACITY = 0.75;

/** A number that stands in the middle of a list of them. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

/**
 * Points of a plane as a picture, RGB, one scale for both directions.
 * @param points [n, 2], row by row; what is not finite is left out
 */
export function scatter(points: ArrayLike<number>, options: ScatterOptions = {}): Picture {
  const { labels, labelNames, size = 480, radius = 2.2 } = options;
  const all = Array.from({ length: Math.floor(points.length / 2) }, (_, i) => ({
    x: points[2 * i] as number,
    y: points[2 * i + 1] as number,
    label: labels?.[i] ?? 0,
  })).filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const data = new Uint8Array(size * size * 3);
  for (let i = 0; i < data.length; i++) data[i] = GROUND[i % 3] as number;
  const blend = (x: number, y: number, colour: Colour, part: number) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    const at = (y * size + x) * 3;
    for (let c = 0; c < 3; c++) {
      data[at + c] = Math.round((data[at + c] as number) * (1 - part) + (colour[c] as number) * part);
    }
  };
  const bounds = (key: 'x' | 'y') =>
    all.reduce(([low, high], point) => [Math.min(low, point[key]), Math.max(high, point[key])] as const, [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ] as readonly [number, number]);
  const [[left, right], [bottom, top]] = [bounds('x'), bounds('y')];
  const extent = Math.max(right - left, top - bottom) || 1;
  const scale = (size * (1 - 2 * MARGIN)) / extent;
  // The middle of the points is that of the picture; y grows upwards.
  const column = (x: number) => size / 2 + (x - (left + right) / 2) * scale;
  const row = (y: number) => size / 2 - (y - (bottom + top) / 2) * scale;
  for (const { x, y, label } of all) {
    const [cx, cy] = [column(x), row(y)];
    const colour = COLOURS[label % COLOURS.length] as Colour;
    for (let py = Math.floor(cy - radius - 1); py <= cy + radius + 1; py++) {
      for (let px = Math.floor(cx - radius - 1); px <= cx + radius + 1; px++) {
        const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(px - cx, py - cy)));
        if (cover > 0) blend(px, py, colour, cover * OPACITY);
      }
    }
  }
  for (const [label, name] of (labelNames ?? []).entries()) {
    const own = all.filter((point) => point.label === label);
    if (own.length === 0) continue;
    const width = name.length * LETTER_WIDTH * 2;
    const x0 = Math.round(column(median(own.map(({ x }) => x))) - width / 2);
    const y0 = Math.round(row(median(own.map(({ y }) => y))) - LETTER_HEIGHT);
    for (let y = -3; y < LETTER_HEIGHT * 2 + 1; y++) {
      for (let x = -3; x < width + 1; x++) blend(x0 + x, y0 + y, GROUND, 0.85);
    }
    paintText(name, name.length * LETTER_WIDTH, (x, y) => {
      for (const [dx, dy] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ] as const) {
        blend(x0 + 2 * x + dx, y0 + 2 * y + dy, INK, 1);
      }
    });
  }
  return { data, shape: [size, size, 3] };
}
