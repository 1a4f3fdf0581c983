import type { Curve } from './curves.ts';

/** Where values lie on an axis. */
export interface Scale {
  /** From 0 at the low end to 1 at the high one. */
  at(value: number): number;
  readonly ticks: readonly number[];
  readonly logarithmic: boolean;
}

/** A round step, 1, 2 or 5 times a power of ten, that divides `span` into at most `parts`. */
function roundStep(span: number, parts: number): number {
  const rough = span / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10) * power;
}

/** Multiples of a step from `low` to `high`, free of the dust of floating point. */
function multiples(step: number, low: number, high: number): number[] {
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function linear(least: number, most: number, parts: number): Scale {
  // A figure that stays the same, but for the dust of floating point, lies in the middle.
  if (most - least <= 1e-9 * Math.abs(most)) {
    const around = Math.abs(most) / 2 || 1;
    return linear(least - around, most + around, parts);
  }
  const step = roundStep(most - least, parts);
  const low = Math.floor(least / step + 1e-9) * step;
  const high = Math.max(Math.ceil(most / step - 1e-9) * step, low + step);
  return {
    at: (value) => (value - low) / (high - low),
    ticks: multiples(step, low, high),
    logarithmic: false,
  };
}

function logarithmic(least: number, most: number): Scale {
  const [low, high] = [Math.log10(least), Math.log10(most)];
  const margin = (high - low) * 0.06;
  const [from, to] = [low - margin, high + margin];
  const factors = to - from < 1.2 ? [1, 2, 3, 5] : to - from < 2.5 ? [1, 3] : [1];
  const every = Math.ceil((to - from) / 6);
  const ticks: number[] = [];
  for (let power = Math.floor(from); power <= to; power++) {
    if (factors.length === 1 && power % every !== 0) continue;
    for (const factor of factors) {
      const value = Number((factor * 10 ** power).toPrecision(12));
      if (Math.log10(value) >= from && Math.log10(value) <= to) ticks.push(value);
    }
  }
  return { at: (value) => (Math.log10(value) - from) / (to - from), ticks, logarithmic: true };
}

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

/**
 * The axis of a figure: all that is smooth, and most of what is not. Where it spends most of its time at the bottom of what
 * it went through, and falls to less than a third, steps of the axis are factors.
 */
export function scaleOf({ raw, smooth, validation }: Curve, parts: number): Scale {
  const values = sorted(raw.map(([, value]) => value));
  const inner = values.slice(Math.floor(values.length * 0.02), Math.ceil(values.length * 0.98));
  const shown = sorted([...inner, ...[...smooth, ...validation].map(([, value]) => value)]);
  const [least, most] = [shown[0] ?? 0, shown.at(-1) ?? 1];
  const middle = shown[shown.length >> 1] ?? 0;
  const lies = (middle - least) / (most - least || 1);
  return least > 0 && most / least > 3 && lies < 0.1 ? logarithmic(least, most) : linear(least, most, parts);
}

/** The axis of steps, from 0 to the last, in about so many parts. */
export function stepScale(steps: number, parts: number): Scale {
  const step = Math.max(1, roundStep(steps, parts));
  // The last label is the last step itself: what comes close to it would run into it.
  const ticks = multiples(step, 0, steps).filter((tick) => tick < steps - 0.6 * step);
  return { at: (value) => value / Math.max(1, steps), ticks: [...ticks, steps], logarithmic: false };
}
