import type { Node } from '../graph/node.ts';
import { type Group, pointsAt, rootIndices } from '../schedule/group.ts';
import { type Atom, fixed, type Index, IndexSpace } from '../schedule/indexing.ts';
import { walk } from '../schedule/walk.ts';

/** The loops that a group is computed in: its domain, with dimensions split and merged so that indices stay simple. */
export interface Loops {
  readonly sizes: readonly number[];
  readonly inner: readonly number[] | null;
}

/** What the indices of a group's expressions look like under some choice of loops. */
interface Survey {
  /** Divisions and remainders left in indices. */
  readonly divisions: number;
  /** A dimension that is divided by a factor of its size, and the factor. */
  readonly split: { readonly axis: number; readonly factor: number } | null;
  /** For each dimension, the loads that step through memory by one, and by more, along it. */
  readonly contiguous: readonly number[];
  readonly strided: readonly number[];
  /** For each dimension, the places where padding begins or ends. */
  readonly cuts: readonly ReadonlySet<number>[];
}

export function survey(roots: readonly Node[], loops: Loops, isLoaded: (node: Node) => boolean): Survey {
  const space = new IndexSpace();
  const variables = loops.sizes.map((size) => space.variable(0, size - 1));
  const axisOf = new Map(variables.map((variable, axis) => [variable.terms[0]?.atom as Atom, axis]));
  const points = pointsAt(space, variables, loops.sizes, loops.inner);
  const divisions = new Set<Atom>();
  const contiguous = loops.sizes.map(() => 0);
  const strided = loops.sizes.map(() => 0);
  const cuts = loops.sizes.map(() => new Set<number>());
  let split: Survey['split'] = null;

  const inspect = (index: Index) => {
    for (const { atom } of index.terms) {
      if (atom.kind === 'variable' || atom.kind === 'dynamic') continue;
      inspect(atom.of);
      if (atom.kind === 'clamp' || divisions.has(atom)) continue;
      divisions.add(atom);
      const [term] = atom.of.terms;
      if (!term || atom.of.terms.length > 1 || atom.of.constant !== 0 || term.coefficient !== 1) continue;
      const axis = axisOf.get(term.atom);
      if (axis !== undefined && (loops.sizes[axis] as number) % atom.by === 0)
        split ??= { axis, factor: atom.by };
    }
  };

  /** Counts how the variables of an index move; within bounds, one that is held there moves as any other. */
  const count = (index: Index, factor: number): void => {
    for (const { atom, coefficient } of index.terms) {
      const step = factor * coefficient;
      if (atom.kind === 'clamp') count(atom.of, step);
      const axis = axisOf.get(atom);
      if (axis === undefined) continue;
      const counts = step === 1 ? contiguous : strided;
      counts[axis] = (counts[axis] as number) + 1;
    }
  };

  for (const root of roots) {
    walk(root, rootIndices(root, points, loops.sizes), space, isLoaded, {
      read(_, position) {
        inspect(position);
        count(position, 1);
      },
      bound({ index, size }) {
        inspect(index);
        const [term] = index.terms;
        if (!term || index.terms.length > 1 || term.coefficient !== 1) return;
        const axis = axisOf.get(term.atom);
        if (axis !== undefined) cuts[axis]?.add(-index.constant).add(size - index.constant);
      },
      iota: inspect,
    });
  }
  return { divisions: divisions.size, split, contiguous, strided, cuts };
}

/** More dimensions than this are not made by splitting. */
const MOST_DIMENSIONS = 8;

/** Chooses the loops of a group: splits dimensions where an index divides them, then merges what can run as one. */
export function chooseLoops(group: Group, isLoaded: (node: Node) => boolean): Loops {
  const look = (loops: Loops) => survey(group.roots, loops, isLoaded);
  let loops = withoutOnes(group);
  let seen = look(loops);
  while (seen.split && loops.sizes.length < MOST_DIMENSIONS) {
    const next = splitAxis(loops, seen.split.axis, seen.split.factor);
    const after = look(next);
    if (after.divisions >= seen.divisions) break;
    loops = next;
    seen = after;
  }
  for (let axis = loops.sizes.length - 2; axis >= 0; axis--) {
    const isInner = (a: number) => loops.inner?.includes(a) ?? false;
    if (isInner(axis) !== isInner(axis + 1)) continue;
    const next = mergeAxes(loops, axis);
    const after = look(next);
    if (after.divisions > seen.divisions || lostCuts(seen, after)) continue;
    loops = next;
    seen = after;
  }
  return loops;
}

/** Merging may hide where padding ends in a sum of two variables; then it is decided at every element. */
const lostCuts = (before: Survey, after: Survey): boolean => {
  const count = (s: Survey) => s.cuts.reduce((sum, cuts) => sum + cuts.size, 0);
  return count(after) < count(before);
};

function withoutOnes({ domain, inner }: Group): Loops {
  const kept = domain.map((_, axis) => axis).filter((axis) => domain[axis] !== 1);
  return {
    sizes: kept.map((axis) => domain[axis] as number),
    inner: inner?.map((axis) => kept.indexOf(axis)).filter((axis) => axis >= 0) ?? null,
  };
}

function splitAxis({ sizes, inner }: Loops, axis: number, factor: number): Loops {
  return {
    sizes: [...sizes.slice(0, axis), (sizes[axis] as number) / factor, factor, ...sizes.slice(axis + 1)],
    inner: inner?.flatMap((a) => (a < axis ? [a] : a === axis ? [a, a + 1] : [a + 1])) ?? null,
  };
}

function mergeAxes({ sizes, inner }: Loops, axis: number): Loops {
  const merged = (sizes[axis] as number) * (sizes[axis + 1] as number);
  return {
    sizes: [...sizes.slice(0, axis), merged, ...sizes.slice(axis + 2)],
    inner: inner ? [...new Set(inner.map((a) => (a > axis ? a - 1 : a)))] : null,
  };
}

/** The pieces of [0, size) between cuts, as [from, to) pairs. */
export function segments(size: number, cuts: ReadonlySet<number>): [number, number][] {
  const inside = [...cuts].filter((cut) => cut > 0 && cut < size).sort((a, b) => a - b);
  const edges = [0, ...inside, size];
  return edges.slice(1).map((to, i) => [edges[i] as number, to]);
}

/** An index of a loop variable that runs over [from, to); a single value needs no variable. */
export const rangeVariable = (space: IndexSpace, from: number, to: number): Index =>
  to - from === 1 ? fixed(from) : space.variable(from, to - 1);
