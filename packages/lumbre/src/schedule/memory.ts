/** A value that a program holds from the kernel that makes it to the last that reads it, both inclusive. */
export interface Lifetime {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

export interface MemoryPlan {
  /** Byte offset in the arena of each value. */
  readonly offsets: readonly number[];
  readonly arenaBytes: number;
}

/** Kernels load whole vectors and cache lines are this long. */
const ALIGNMENT = 64;

const align = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/**
 * Offsets in one arena so that values alive at the same time do not overlap: the largest first, each in the smallest
 * gap that holds it (best fit) among those already placed.
 */
export function planMemory(values: readonly Lifetime[]): MemoryPlan {
  const offsets = new Array<number>(values.length).fill(0);
  const placed: { start: number; end: number; life: Lifetime }[] = [];
  const bySize = values
    .map((life, index) => ({ life, index }))
    .sort((a, b) => b.life.bytes - a.life.bytes || a.index - b.index);
  let arenaBytes = 0;
  for (const { life, index } of bySize) {
    const bytes = align(life.bytes);
    const neighbours = placed.filter(({ life: other }) => other.from <= life.to && life.from <= other.to);
    let best = -1;
    let bestGap = Number.POSITIVE_INFINITY;
    let cursor = 0;
    for (const { start, end } of neighbours) {
      const gap = start - cursor;
      if (gap >= bytes && gap < bestGap) {
        best = cursor;
        bestGap = gap;
      }
      cursor = Math.max(cursor, end);
    }
    const start = best >= 0 ? best : cursor;
    offsets[index] = start;
    arenaBytes = Math.max(arenaBytes, start + bytes);
    const entry = { start, end: start + bytes, life };
    const position = placed.findIndex((other) => other.start > start);
    placed.splice(position < 0 ? placed.length : position, 0, entry);
  }
  return { offsets, arenaBytes };
}
