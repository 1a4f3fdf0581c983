/** What becomes of the last loss's gradient on its way to the first symbol. */
export type Fate = 'vanishing' | 'keeps' | 'exploding';

/** Each slope as a part of the last one. */
export function relative(slopes: readonly number[]): number[] {
  const last = slopes.at(-1) ?? 0;
  return slopes.map((slope) => (last > 0 ? slope / last : 0));
}

/** A thousandth or less has vanished; more than three times as much has exploded. */
export function fateOf(slopes: readonly number[]): Fate {
  const share = relative(slopes)[0] ?? 0;
  return share > 3 || !Number.isFinite(share) ? 'exploding' : share < 0.001 ? 'vanishing' : 'keeps';
}

/** How high a flame is, from 0 to 1, of a share from a millionth to a hundredfold: each power of ten is as much. */
export const flameHeight = (share: number): number =>
  share > 0 ? Math.max(0, Math.min(1, (Math.log10(share) + 6) / 8)) : 0;
