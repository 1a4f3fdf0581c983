import { GRID } from './snapshot.ts';
import type { FeatureName } from './state.ts';

/** Each feature by the place of a point. */
export const features: Readonly<Record<FeatureName, (x: number, y: number) => number>> = {
  x: (x) => x,
  y: (_, y) => y,
  x2: (x) => x * x,
  y2: (_, y) => y * y,
  xy: (x, y) => x * y,
  sinx: (x) => Math.sin(Math.PI * x),
  siny: (_, y) => Math.sin(Math.PI * y),
};

/** How far the picture goes: a little beyond the points, which lie from -1 to 1. */
export const REACH = 1.05;

/** The places of the picture, row by row from its top. */
export const places: readonly (readonly [x: number, y: number])[] = Array.from(
  { length: GRID * GRID },
  (_, i) => [
    REACH * (-1 + (2 * ((i % GRID) + 0.5)) / GRID),
    REACH * (1 - (2 * (Math.floor(i / GRID) + 0.5)) / GRID),
  ],
);

/** A feature over the picture. */
export const featuresGrid = (name: FeatureName): Float32Array =>
  Float32Array.from(places, ([x, y]) => features[name](x, y));
