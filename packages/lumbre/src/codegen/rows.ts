import type { Node } from '../graph/node.ts';
import { type Group, isFull, isReduce, isTrailing, pointsAt, rootIndices } from '../schedule/group.ts';
import { type Atom, flatten, IndexSpace } from '../schedule/indexing.ts';
import { type Passes, planPasses } from '../schedule/passes.ts';
import { bytesOf, type Expr, i32, vector } from './ir.ts';
import type { Kernel, KernelBuilder, Placement } from './kernel.ts';
import { chooseLoops, type Loops, rangeVariable, survey } from './loops.ts';
import { combineLanes, combineTree, reductionOf, wrapReduced } from './reduction.ts';
import { QUAD, VIRTUAL_LANES } from './target.ts';
import { memoryType, valueType } from './types.ts';
import { ValueLowering } from './value.ts';

type Variable = Expr & { kind: 'local' };

/** Vectors of neighbouring rows that are computed side by side, so that additions need not wait for each other. */
const ACROSS = 4;
/** So many rows are worth reading in two places at once. */
const LEAST_ROWS_FOR_STREAMS = 128;

/** A row, or a vector of neighbouring rows (columns of memory), under computation. */
interface Rows {
  /** Values of the outer variables, in the order of the outer axes. */
  readonly outer: readonly Expr[];
  /** Lanes that the last outer variable counts up along; 1 for a single row. */
  readonly lanes: number;
  /** Row nodes known so far. */
  readonly known: Map<Node, Expr>;
}

/** Where in a row a point lies, and which accumulator it goes to. */
interface Step {
  readonly inner: readonly Expr[];
  /** Lanes that the last inner variable counts up along; 1 for a single point. */
  readonly lanes: number;
  /** Its position; -1 for the last. */
  readonly accumulator: number;
}

/**
 * A kernel for reductions and all that shares their rows. Each row is passed over as `planPasses` says; values that a
 * later pass needs again stay in a scratch row, in cache.
 *
 * Where a row is contiguous, vectors run along it: sixteen virtual lanes, combined in a fixed tree. Where rows are
 * columns of memory, vectors run across neighbouring rows.
 */
export function rowsKernel(builder: KernelBuilder, group: Group, placement: Placement): Kernel {
  return new RowsKernel(builder, group, placement).build();
}

class RowsKernel {
  readonly #builder: KernelBuilder;
  readonly #group: Group;
  readonly #placement: Placement;
  readonly #loops: Loops;
  readonly #passes: Passes;
  readonly #outer: readonly number[];
  readonly #inner: readonly number[];
  readonly #across: boolean;
  /** Where in scratch memory a full node's row lies. */
  readonly #scratch = new Map<Node, number>();

  constructor(builder: KernelBuilder, group: Group, placement: Placement) {
    this.#builder = builder;
    this.#group = group;
    this.#placement = placement;
    this.#loops = chooseLoops(group, placement.isLoaded);
    this.#passes = planPasses(group, placement.isLoaded);
    const axes = this.#loops.sizes.map((_, axis) => axis);
    this.#inner = this.#loops.inner as number[];
    this.#outer = axes.filter((axis) => !this.#inner.includes(axis));
    this.#across = this.#vectorsAcrossRows();
    const rowSize = this.#inner.reduce((size, axis) => size * this.#size(axis), 1);
    for (const node of this.#passes.readLater) {
      if (placement.isStored(node)) continue;
      this.#scratch.set(node, this.#builder.scratch(rowSize * bytesOf[memoryType(node.dtype)]));
    }
  }

  #size(axis: number): number {
    return this.#loops.sizes[axis] as number;
  }

  #vectorsAcrossRows(): boolean {
    const { roots, domain, inner } = this.#group;
    if (this.#outer.length === 0) return false;
    const { contiguous, strided } = survey(roots, this.#loops, this.#placement.isLoaded);
    const lastInner = this.#inner[this.#inner.length - 1] as number;
    const lastOuter = this.#outer[this.#outer.length - 1] as number;
    if (!isTrailing(domain, inner as number[])) {
      // Channels of pictures: what is summed up lies around them, and the most of it side by side.
      const isAlong =
        (contiguous[lastInner] as number) > (strided[lastInner] as number) &&
        (strided[lastOuter] as number) > 0 &&
        this.#size(lastInner) >= VIRTUAL_LANES;
      return !isAlong;
    }
    if (roots.some((root) => isFull(root, domain, inner))) return false;
    return (
      (strided[lastInner] as number) > (contiguous[lastInner] as number) &&
      (strided[lastOuter] as number) === 0 &&
      this.#size(lastOuter) >= QUAD
    );
  }

  build(): Kernel {
    const extent = this.#across ? this.#buildAcross() : this.#buildAlong();
    return this.#builder.finish('rows', extent);
  }

  // --- rows one at a time --------------------------------------------------------------------------------------------

  #buildAlong(): number {
    const e = this.#builder.emitter;
    const nest = (outer: readonly Expr[]) => {
      const depth = outer.length;
      if (depth === this.#outer.length) return this.#rows([{ outer, lanes: 1, known: new Map() }]);
      const first = depth === 0;
      const size = this.#size(this.#outer[depth] as number);
      e.loop(first ? e.begin : e.int(0), first ? e.end : e.int(size), 1, (i) => nest([...outer, i]));
    };
    if (this.#readsInStreams()) this.#buildStreams();
    else nest([]);
    return this.#outer.length === 0 ? 1 : this.#size(this.#outer[0] as number);
  }

  /** Whether rows are only reduced, in one pass, as those of a matrix that is multiplied by a vector. */
  #readsInStreams(): boolean {
    const { roots, domain, inner } = this.#group;
    return (
      this.#outer.length === 1 &&
      this.#passes.count === 1 &&
      this.#size(this.#outer[0] as number) >= LEAST_ROWS_FOR_STREAMS &&
      this.#inner.length === 1 &&
      this.#size(this.#inner[0] as number) >= VIRTUAL_LANES &&
      !roots.some((root) => isFull(root, domain, inner))
    );
  }

  /** Some rows at a time, far apart. */
  #buildStreams(): void {
    const e = this.#builder.emitter;
    const { streams } = this.#builder.target;
    const apart = e.op('divS', i32, e.op('sub', i32, e.end, e.begin), e.int(streams));
    const after = (i: Expr, stream: number) => e.op('add', i32, i, e.op('mul', i32, apart, e.int(stream)));
    const row = (i: Expr): Rows => ({ outer: [i], lanes: 1, known: new Map() });
    e.loop(e.begin, after(e.begin, 1), 1, (i) =>
      this.#rows(Array.from({ length: streams }, (_, stream) => row(after(i, stream)))),
    );
    e.loop(after(e.begin, streams), e.end, 1, (i) => this.#rows([row(i)]));
  }

  // --- many rows side by side ----------------------------------------------------------------------------------------

  #buildAcross(): number {
    const e = this.#builder.emitter;
    const columns = this.#size(this.#outer[this.#outer.length - 1] as number);
    const single = this.#outer.length === 1;
    const stride = ACROSS * e.lanes;
    const blocks = Math.floor(columns / stride);
    const side = (outer: readonly Expr[], base: Expr, count: number, lanes: number) =>
      this.#rows(
        Array.from({ length: count }, (_, u) => ({
          outer: [...outer, e.op('add', i32, base, e.int(u * lanes))],
          lanes,
          known: new Map(),
        })),
      );
    const rest = (outer: readonly Expr[]) => {
      let from = blocks * stride;
      for (const lanes of new Set([e.lanes, QUAD])) {
        const vectors = Math.floor((columns - from) / lanes);
        if (vectors > 0) side(outer, e.int(from), vectors, lanes);
        from += vectors * lanes;
      }
      e.loop(e.int(from), e.int(columns), 1, (i) =>
        this.#rows([{ outer: [...outer, i], lanes: 1, known: new Map() }]),
      );
    };
    if (single) {
      // The parallel axis counts blocks of columns, the incomplete one included.
      const end = e.op('min', i32, e.end, e.int(blocks));
      e.loop(e.begin, end, 1, (b) => side([], e.op('mul', i32, b, e.int(stride)), ACROSS, e.lanes));
      if (columns % stride > 0)
        e.when(e.op('lt', { scalar: 'mask', lanes: 1 }, e.int(blocks), e.end), () => rest([]));
      return Math.ceil(columns / stride);
    }
    const nest = (outer: readonly Expr[]) => {
      const depth = outer.length;
      if (depth < this.#outer.length - 1) {
        const first = depth === 0;
        const size = this.#size(this.#outer[depth] as number);
        e.loop(first ? e.begin : e.int(0), first ? e.end : e.int(size), 1, (i) => nest([...outer, i]));
        return;
      }
      e.loop(e.int(0), e.int(blocks * stride), stride, (base) => side(outer, base, ACROSS, e.lanes));
      rest(outer);
    };
    nest([]);
    return this.#size(this.#outer[0] as number);
  }

  // --- one row, or several side by side ------------------------------------------------------------------------------

  #rows(rows: readonly Rows[]): void {
    for (let pass = 0; pass < this.#passes.count; pass++) {
      for (const row of rows) this.#rowNodes(row, pass);
      this.#pass(rows, pass);
    }
    for (const row of rows) this.#rowNodes(row, this.#passes.count);
    for (const row of rows) {
      const { lowering, points } = this.#at(row, null);
      for (const [node, value] of row.known) {
        if (this.#placement.isStored(node)) {
          lowering.store(
            node,
            this.#builder.output(node),
            points.row as NonNullable<typeof points.row>,
            value,
          );
        }
      }
    }
  }

  /** Row nodes that are made of other row nodes alone, and known before this pass. */
  #rowNodes(row: Rows, pass: number): void {
    const { domain, inner, roots } = this.#group;
    const { lowering, points } = this.#at(row, null);
    for (const root of roots) {
      if (isReduce(root) || isFull(root, domain, inner) || this.#passes.knownBefore.get(root) !== pass)
        continue;
      row.known.set(root, lowering.value(root, rootIndices(root, points, this.#loops.sizes), true));
    }
  }

  #pass(rows: readonly Rows[], pass: number): void {
    const e = this.#builder.emitter;
    const mine = this.#group.roots.filter((root) => this.#passes.passOf.get(root) === pass);
    const reductions = mine.filter(isReduce);
    const lastAxis = this.#inner[this.#inner.length - 1];
    const length = lastAxis === undefined ? 1 : this.#size(lastAxis);
    const alongLanes = !this.#across && length >= QUAD;
    // The widest vectors there are, which are taken apart before quads that are left over are added. Where that would be
    // again and again, in loops around the innermost one, quads do it all.
    const single = this.#inner.length === 1;
    const isWide = length >= VIRTUAL_LANES && (single || length % VIRTUAL_LANES < QUAD);
    const lanes = isWide ? e.lanes : QUAD;
    const quads = alongLanes ? Math.min(VIRTUAL_LANES / QUAD, Math.floor(length / QUAD)) : 0;
    const tail = !alongLanes || length % QUAD > 0;
    // Accumulators by row and reduction: the vectors first, then the scalar for what is left over.
    const accumulators = rows.map((row) =>
      reductions.map((node) => {
        const { identity } = reductionOf(node);
        const scalar = valueType(node.dtype);
        const start = (type = scalar) => e.variable(e.constant(type, identity));
        if (this.#across) return [start(row.lanes > 1 ? vector(scalar, row.lanes) : scalar)];
        const wide = Array.from({ length: (quads * QUAD) / lanes }, () => start(vector(scalar, lanes)));
        return tail ? [...wide, start()] : wide;
      }),
    );
    /** From here on accumulators are quads: the wide ones in parts. */
    let apart = lanes === QUAD;
    const takeApart = () => {
      if (apart) return;
      apart = true;
      for (const ofRow of accumulators) {
        ofRow.forEach((all, i) => {
          const wide = all.filter(({ type }) => type.lanes > 1).map((variable) => e.freeze(variable));
          const parts = e.quads(wide).map((quad) => e.variable(quad));
          ofRow[i] = [...parts, ...all.filter(({ type }) => type.lanes === 1)];
        });
      }
    };
    const step = (at: Step) => {
      rows.forEach((row, r) => {
        this.#step(row, at, mine, (node, value) => {
          const all = accumulators[r]?.[reductions.indexOf(node)] as Variable[];
          const accumulator = all.at(at.accumulator) as Variable;
          e.set(accumulator, e.opHere(reductionOf(node).op, valueType(node.dtype), accumulator, value));
        });
      });
    };
    const nest = (inner: readonly Expr[]) => {
      const depth = inner.length;
      if (depth < this.#inner.length - 1) {
        e.loop(e.int(0), e.int(this.#size(this.#inner[depth] as number)), 1, (i) => nest([...inner, i]));
        return;
      }
      if (!alongLanes) {
        e.loop(e.int(0), e.int(length), 1, (i) => step({ inner: [...inner, i], lanes: 1, accumulator: 0 }));
        return;
      }
      const shift = (base: Expr, u: number, width: number) =>
        step({
          inner: [...inner, e.op('add', i32, base, e.int(u * width))],
          lanes: width,
          accumulator: u,
        });
      const whole = length - (length % VIRTUAL_LANES);
      e.loop(e.int(0), e.int(whole), VIRTUAL_LANES, (base) => {
        for (let u = 0; u < VIRTUAL_LANES / lanes; u++) shift(base, u, lanes);
      });
      if (single) takeApart();
      const left = Math.floor((length % VIRTUAL_LANES) / QUAD);
      for (let u = 0; u < left; u++) shift(e.int(whole), u, QUAD);
      e.loop(e.int(length - (length % QUAD)), e.int(length), 1, (i) =>
        step({ inner: [...inner, i], lanes: 1, accumulator: -1 }),
      );
    };
    nest([]);
    if (alongLanes) takeApart();
    rows.forEach((row, r) => {
      const ofRow = accumulators[r] as Variable[][];
      reductions.forEach((node, i) => {
        const all = (ofRow[i] as Variable[]).map((variable) => e.freeze(variable));
        const wide = this.#across ? all : all.filter((value) => value.type.lanes > 1);
        const narrow = this.#across ? [] : all.filter((value) => value.type.lanes === 1);
        const total = wide.length > 0 ? combineTree(e, node, wide) : null;
        const parts = [...(total ? [this.#across ? total : combineLanes(e, node, total)] : []), ...narrow];
        row.known.set(node, wrapReduced(e, node, combineTree(e, node, parts)));
      });
    });
  }

  /** One point of a pass: computes its full nodes and feeds its reductions. */
  #step(row: Rows, at: Step, mine: readonly Node[], reduce: (node: Node, value: Expr) => void): void {
    const { lowering, points, computed, innerPosition } = this.#at(row, at);
    const e = this.#builder.emitter;
    const reduced: [Node, Expr][] = [];
    for (const root of mine) {
      const indices = rootIndices(root, points, this.#loops.sizes);
      if (isReduce(root)) reduced.push([root, lowering.value(root.sources[0] as Node, indices)]);
      else computed.set(root, lowering.value(root, indices, true));
    }
    for (const [node, value] of computed) {
      if (this.#placement.isStored(node))
        lowering.store(node, this.#builder.output(node), points.full, value);
      const scratch = this.#scratch.get(node);
      if (scratch !== undefined) {
        lowering.store(node, e.op('add', i32, e.scratch, e.int(scratch)), innerPosition, value);
      }
    }
    for (const [node, value] of reduced) reduce(node, value);
  }

  /** The lowering of values at one point of a row, or, without `at`, of the row itself. */
  #at(row: Rows, at: Step | null) {
    const e = this.#builder.emitter;
    const { sizes, inner } = this.#loops;
    const space = new IndexSpace();
    const indices = sizes.map((size) => rangeVariable(space, 0, size));
    const variables = new Map<Atom, Expr>();
    const bind = (axes: readonly number[], values: readonly Expr[]) => {
      axes.forEach((axis, i) => {
        const atom = indices[axis]?.terms[0]?.atom;
        if (atom) variables.set(atom, values[i] as Expr);
      });
    };
    bind(this.#outer, row.outer);
    if (at) bind(this.#inner, at.inner);
    const lanes = at && at.lanes > 1 ? at.lanes : row.lanes;
    const along = at && at.lanes > 1 ? this.#inner : row.lanes > 1 ? this.#outer : [];
    const lastAlong = along[along.length - 1];
    const points = pointsAt(space, indices, sizes, inner);
    const innerPosition = flatten(
      this.#inner.map((axis) => indices[axis] as (typeof indices)[number]),
      this.#inner.map((axis) => sizes[axis] as number),
    );
    const computed = new Map<Node, Expr>();
    const lowering: ValueLowering = new ValueLowering(e, {
      space,
      variables,
      lanesAlong: lastAlong === undefined ? null : (indices[lastAlong]?.terms[0]?.atom ?? null),
      lanes,
      isLoaded: this.#placement.isLoaded,
      atHand: (node) => {
        const scratch = this.#scratch.get(node);
        const now = computed.get(node) ?? row.known.get(node);
        if (now || scratch === undefined) return now ?? null;
        return lowering.load(node, e.op('add', i32, e.scratch, e.int(scratch)), innerPosition);
      },
      bufferOf: (node) => this.#builder.argument(node),
      // What this kernel computes and reads again, it also writes.
      isConstant: (node) => !this.#passes.readLater.has(node),
    });
    return { lowering, points, computed, innerPosition };
  }
}
