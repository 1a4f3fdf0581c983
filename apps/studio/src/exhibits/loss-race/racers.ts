export const racerNames = ['sgd', 'momentum', 'rmsprop', 'adam'] as const;
export type RacerName = (typeof racerNames)[number];

/** Where a ball is, and how high. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly loss: number;
}

export type Verdict =
  | { readonly kind: 'arrived'; readonly step: number }
  | { readonly kind: 'diverged'; readonly step: number }
  | { readonly kind: 'stuck' }
  | { readonly kind: 'underway' };

/** So far out nobody comes back from. */
const FAR = 30;
/** Without moving as far as this for so many steps, a ball has come to rest. */
const [REST, PATIENCE] = [0.004, 25];

const isLost = ({ x, y, loss }: Place) => !Number.isFinite(loss) || Math.hypot(x, y) > FAR;

/**
 * How a ball fared: it arrived when all but a hundredth of the way down from where it began was behind it, for good; it is
 * stuck when it rests higher up.
 */
export function verdictOf(path: readonly Place[], lowest: number): Verdict {
  const [first, last] = [path[0], path.at(-1)];
  if (!first || !last) return { kind: 'underway' };
  const lost = path.findIndex(isLost);
  if (lost >= 0) return { kind: 'diverged', step: lost };
  const low = lowest + 0.01 * Math.max(first.loss - lowest, 0.05);
  if (last.loss <= low) {
    const above = path.findLastIndex(({ loss }) => loss > low);
    return { kind: 'arrived', step: above + 1 };
  }
  const recent = path.slice(-PATIENCE - 1);
  const moved = Math.max(...recent.map(({ x, y }) => Math.hypot(x - last.x, y - last.y)));
  return recent.length > PATIENCE && moved < REST ? { kind: 'stuck' } : { kind: 'underway' };
}

/** The names by their order of arrival; then those underway, by height; then the stuck and the lost. */
export function ranking(paths: Readonly<Record<RacerName, readonly Place[]>>, lowest: number): RacerName[] {
  const key = (name: RacerName): number => {
    const verdict = verdictOf(paths[name], lowest);
    const height = Math.min(1e6, (paths[name].at(-1)?.loss ?? 1e6) - lowest);
    return verdict.kind === 'arrived' ? verdict.step - 1e9 : verdict.kind === 'diverged' ? 1e9 : height;
  };
  return [...racerNames].sort((a, b) => key(a) - key(b));
}
