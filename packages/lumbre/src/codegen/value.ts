import { toDType } from '../graph/dtype.ts';
import type { Node, OpArgs } from '../graph/node.ts';
import { type Access, type Bound, isMovement, throughMovement } from '../schedule/access.ts';
import {
  type Atom,
  add,
  fixed,
  flatten,
  type Index,
  type IndexSpace,
  indexKey,
  times,
} from '../schedule/indexing.ts';
import { type DataIndex, throughGather } from '../schedule/walk.ts';
import type { Emitter } from './emitter.ts';
import { failureCode } from './failures.ts';
import { bytesOf, type Expr, f32, i32, mask, vector } from './ir.ts';
import { lowerElementwise } from './ops.ts';
import { memoryType, valueType } from './types.ts';

/** Below this, quotients in float32 are cut off to the right integer. */
const EXACT_QUOTIENTS = 2 ** 22;

const areNeverKept = (bounds: readonly Bound[]): boolean =>
  bounds.some(({ index, size }) => index.max < 0 || index.min >= size);

/** An index without what holds its parts within bounds. */
const unclamped = (index: Index): Index =>
  index.terms.reduce(
    (sum, { atom, coefficient }) =>
      add(
        sum,
        times(
          atom.kind === 'clamp'
            ? unclamped(atom.of)
            : { terms: [{ atom, coefficient: 1 }], constant: 0, min: atom.min, max: atom.max },
          coefficient,
        ),
      ),
    fixed(index.constant),
  );

/** What a value being lowered needs to know of the loops around it. */
export interface Surroundings {
  readonly space: IndexSpace;
  /** The current value of each loop variable; of the vector variable, in lane 0. */
  readonly variables: ReadonlyMap<Atom, Expr>;
  /** The variable that counts up along the lanes, or `null` when one element is computed at a time. */
  readonly lanesAlong: Atom | null;
  /** How many lanes there are along it; the widest vectors unless given. */
  readonly lanes?: number;
  /** Whether `node` is a value of its own, at hand or in a buffer, rather than part of the expression. */
  readonly isLoaded: (node: Node) => boolean;
  /** The value of `node`, at whatever position this point needs, if it is at hand; else it is loaded from its buffer. */
  readonly atHand: (node: Node) => Expr | null;
  /** The number of the buffer that holds `node`. */
  readonly bufferOf: (node: Node) => number;
  /** Whether the kernel never writes to this buffer, so that loads from it may move. */
  readonly isConstant: (node: Node) => boolean;
}

/**
 * Lowers the expression of a value at one point: views become index arithmetic, ops become IR. What does not change
 * along the vector stays scalar.
 */
export class ValueLowering {
  readonly #e: Emitter;
  readonly #around: Surroundings;
  readonly #known = new Map<Node, Map<string, Expr>>();
  #uneven = 0;

  constructor(emitter: Emitter, surroundings: Surroundings) {
    this.#e = emitter;
    this.#around = surroundings;
  }

  /** Vectors that were loaded so far of elements that do not lie at equal distances. */
  get unevenLoads(): number {
    return this.#uneven;
  }

  get #lanes(): number {
    return this.#around.lanes ?? this.#e.lanes;
  }

  /** The element of `node` at `indices`. `compute` asks for its expression even if it has a buffer. */
  value(node: Node, indices: readonly Index[], compute = false): Expr {
    const known = this.#known.get(node) ?? new Map<string, Expr>();
    this.#known.set(node, known);
    const key = `${compute}${indices.map(indexKey)}`;
    let value = known.get(key);
    if (!value) {
      value = this.#lower(node, indices, compute);
      known.set(key, value);
    }
    return value;
  }

  #lower(node: Node, indices: readonly Index[], compute: boolean): Expr {
    const { space, isLoaded, bufferOf, atHand } = this.#around;
    if (!compute && isLoaded(node)) {
      return atHand(node) ?? this.load(node, this.#e.buffer(bufferOf(node)), flatten(indices, node.shape));
    }
    if (node.op === 'const') {
      const { value } = node.arg as OpArgs['const'];
      return this.#e.constant(valueType(node.dtype), toDType(value, node.dtype));
    }
    if (node.op === 'iota') return this.index(indices[(node.arg as OpArgs['iota']).axis] as Index);
    const source = node.sources[0] as Node;
    if (isMovement(node)) {
      const access = throughMovement(space, node, indices);
      const masked = access.bounds.length > 0 ? this.#loadWhere(node, access) : null;
      if (masked) return masked;
      return this.#within(access.bounds, node, () => this.value(source, access.indices));
    }
    if (node.op === 'gather') return this.value(source, throughGather(space, node, indices));
    if (node.op === 'checkIndex')
      return this.#checked(node as Node<'checkIndex'>, this.value(source, indices));
    return lowerElementwise(
      this.#e,
      node,
      node.sources.map((s) => this.value(s, indices)),
    );
  }

  /** `value` where all bounds hold, else zero. Bounds that are decided already cost nothing. */
  #within(bounds: readonly Bound[], node: Node, value: () => Expr): Expr {
    const e = this.#e;
    const zero = e.constant(valueType(node.dtype), 0);
    if (areNeverKept(bounds)) return zero;
    const inside = this.#inside(bounds);
    return inside ? e.op('select', valueType(node.dtype), inside, value(), zero) : value();
  }

  /** Whether all bounds hold; `null` where that is known already. */
  #inside(bounds: readonly Bound[]): Expr | null {
    const e = this.#e;
    let inside: Expr | null = null;
    const both = (condition: Expr) => {
      inside = inside ? e.op('maskAnd', mask, inside, condition) : condition;
    };
    for (const { index, size, multipleOf } of bounds) {
      // As unsigned numbers, negative indices are large.
      if (index.min < 0 || index.max >= size) both(e.op('ltU', mask, this.index(index), e.int(size)));
      if (multipleOf > 1) {
        const rest = this.index(this.#around.space.mod(index, multipleOf));
        both(e.op('eq', mask, rest, e.int(0)));
      }
    }
    return inside;
  }

  /**
   * A padded element, or a vector of them, of memory itself, where the machine loads what a mask allows: indices need not
   * be held within bounds then. `null` where that cannot be.
   */
  #loadWhere(node: Node, access: Access): Expr | null {
    const e = this.#e;
    const { space, isLoaded, atHand, bufferOf, isConstant, lanesAlong } = this.#around;
    if (!e.target.gathers || lanesAlong === null || node.dtype !== 'float32') return null;
    const bounds = [...access.bounds];
    let { indices } = access;
    let source = node.sources[0] as Node;
    while (!isLoaded(source)) {
      if (!isMovement(source)) return null;
      const next = throughMovement(space, source, indices);
      bounds.push(...next.bounds);
      indices = next.indices;
      source = source.sources[0] as Node;
    }
    if (atHand(source) || bounds.some(({ multipleOf }) => multipleOf > 1)) return null;
    const position = unclamped(flatten(indices, source.shape));
    const step = this.#step(position);
    if (step === 0) return null;
    if (areNeverKept(bounds)) return e.constant(f32, 0);
    const known = this.#inside(bounds);
    if (!known) return null;
    const where = e.widen(known, this.#lanes);
    const base = e.buffer(bufferOf(source));
    const constant = isConstant(source);
    if (step === 1 || step === 2) {
      const { address, offset } = this.address(base, position, bytesOf.f32, 0);
      return e.loadWhere(f32, where, e.op('add', i32, address, e.int(offset)), step, constant);
    }
    this.#uneven++;
    return e.gatherWhere(f32, where, base, this.#vectorIndex(position), constant);
  }

  /** An index out of the data: reported when it is out of range, and then 0, so that no load leaves its buffer. */
  #checked({ arg }: Node<'checkIndex'>, value: Expr): Expr {
    const e = this.#e;
    const good = e.op('ltU', mask, value, e.int(arg.size));
    const bad = e.op('maskNot', mask, good);
    const code = failureCode(arg);
    e.whereKnown(bad, () => {
      const lanes = value.type.lanes;
      const report = (lane: number) => e.when(e.lane(bad, lane), () => e.fail(code, e.lane(value, lane)));
      if (lanes === 1) report(0);
      else {
        e.when(e.op('any', mask, bad), () => {
          for (let lane = 0; lane < lanes; lane++) report(lane);
        });
      }
    });
    return e.op('select', i32, good, value, e.int(0));
  }

  // --- memory --------------------------------------------------------------------------------------------------------

  /** Loads the element of `node` at a position of the array at `base`. */
  load(node: Node, base: Expr, position: Index): Expr {
    const e = this.#e;
    const { isConstant } = this.#around;
    const memory = memoryType(node.dtype);
    const type = valueType(node.dtype);
    const constant = isConstant(node);
    const at = (lane: number, lanes: number) => {
      const { address, offset } = this.address(base, position, bytesOf[memory], lane);
      return e.load(vector(type, lanes), memory, address, offset, constant);
    };
    const step = this.#step(position);
    if (step === null) this.#uneven++;
    if (step === 0) return at(0, 1);
    if (step === 1) return at(0, this.#lanes);
    if (e.target.gathers && (memory === 'f32' || memory === 'i32') && type.scalar !== 'mask') {
      if (step === 2) {
        const { address, offset } = this.address(base, position, bytesOf[memory], 0);
        const all = e.constant(vector(mask, this.#lanes), 1);
        return e.loadWhere(type, all, e.op('add', i32, address, e.int(offset)), step, constant);
      }
      if (step === null) return e.gather(type, base, this.#vectorIndex(position), constant);
    }
    return e.pack(Array.from({ length: this.#lanes }, (_, lane) => at(lane, 1)));
  }

  /** Stores `value` at a position that steps by one along the lanes. */
  store(node: Node, base: Expr, position: Index, value: Expr): void {
    const memory = memoryType(node.dtype);
    const { address, offset } = this.address(base, position, bytesOf[memory], 0);
    this.#e.store(
      memory,
      address,
      offset,
      this.#step(position) === 0 ? value : this.#e.widen(value, this.#lanes),
    );
  }

  /** base + position · bytes, with what changes least often added first, and the constant apart. */
  address(base: Expr, position: Index, bytes: number, lane: number): { address: Expr; offset: number } {
    const e = this.#e;
    let offset = position.constant * bytes;
    const terms = position.terms.map(({ atom, coefficient }) => {
      if (atom === this.#around.lanesAlong) offset += coefficient * bytes * lane;
      return { value: this.#atom(atom, lane), factor: coefficient * bytes };
    });
    terms.sort((a, b) => e.depthOf(a.value) - e.depthOf(b.value));
    let address = base;
    if (position.min < position.constant) {
      // The sum without the constant could fall below 0, and an engine adds offsets to addresses without wrapping.
      address = e.op('add', i32, address, e.int(offset));
      offset = 0;
    }
    for (const { value, factor } of terms) {
      address = e.op('add', i32, address, e.op('mul', i32, value, e.int(factor)));
    }
    return { address, offset };
  }

  // --- indices -------------------------------------------------------------------------------------------------------

  /** An index as a value: a scalar, or a vector where it changes along the lanes. */
  index(index: Index): Expr {
    const e = this.#e;
    const step = this.#step(index);
    if (step === null && e.target.gathers) return this.#vectorIndex(index);
    if (step === null)
      return e.pack(Array.from({ length: this.#lanes }, (_, lane) => this.#scalarIndex(index, lane)));
    const first = this.#scalarIndex(index, 0);
    return step === 0 ? first : e.op('add', i32, first, e.op('mul', i32, e.ramp(this.#lanes), e.int(step)));
  }

  /** An index in all lanes, whichever way it changes along them. */
  #vectorIndex(index: Index): Expr {
    const e = this.#e;
    // What is the same in all lanes is added up first, as scalars.
    const constant: Expr = e.int(index.constant);
    const even = index.terms.filter(({ atom }) => this.#stepOf(atom) === 0);
    const scalar = even.reduce(
      (sum, { atom, coefficient }) =>
        e.op('add', i32, sum, e.op('mul', i32, this.#atom(atom, 0), e.int(coefficient))),
      constant,
    );
    const uneven = index.terms.filter(({ atom }) => this.#stepOf(atom) !== 0);
    return uneven.reduce(
      (sum, { atom, coefficient }) =>
        e.op('add', i32, sum, e.op('mul', i32, this.#vectorAtom(atom), e.int(coefficient))),
      e.widen(scalar, this.#lanes),
    );
  }

  /** An atom that changes from lane to lane. */
  #vectorAtom(atom: Atom): Expr {
    const e = this.#e;
    switch (atom.kind) {
      case 'variable':
        return e.op('add', i32, e.ramp(this.#lanes), this.#atom(atom, 0));
      case 'clamp': {
        const value = this.#vectorIndex(atom.of);
        return e.op('min', i32, e.op('max', i32, value, e.int(atom.min)), e.int(atom.max));
      }
      case 'div':
        return this.#quotient(atom.of, atom.by);
      case 'mod': {
        const whole = e.op('mul', i32, this.#quotient(atom.of, atom.by), e.int(atom.by));
        return e.op('sub', i32, this.#vectorIndex(atom.of), whole);
      }
      case 'dynamic': {
        const { node, indices } = atom.value as DataIndex;
        return this.value(node, indices);
      }
    }
  }

  /** A vector of indices divided by a constant. */
  #quotient(of: Index, by: number): Expr {
    const e = this.#e;
    const value = this.#vectorIndex(of);
    if (of.min >= 0 && Number.isInteger(Math.log2(by))) return e.op('shrU', i32, value, e.int(Math.log2(by)));
    // Machines divide floats as vectors and integers one by one. As long as k · by - 1 is an f32, its quotient is not k.
    if (of.min < 0 || of.max >= EXACT_QUOTIENTS) return e.op('divS', i32, value, e.int(by));
    return e.op('toI32', i32, e.op('div', f32, e.op('toF32', f32, value), e.constant(f32, by)));
  }

  /** 0 for an atom that is the same in all lanes; what else it gives is for others. */
  #stepOf(atom: Atom): number | null {
    return this.#step({ terms: [{ atom, coefficient: 1 }], constant: 0, min: 0, max: 0 });
  }

  #scalarIndex(index: Index, lane: number): Expr {
    const { address, offset } = this.address(this.#e.int(0), index, 1, lane);
    return this.#e.op('add', i32, address, this.#e.int(offset));
  }

  /** An atom in one lane; the vector variable itself is given in lane 0 and its lane is added by the caller. */
  #atom(atom: Atom, lane: number): Expr {
    const e = this.#e;
    switch (atom.kind) {
      case 'variable': {
        const value = this.#around.variables.get(atom);
        if (!value) throw new Error('ValueLowering: a loop variable has no value here.');
        return value;
      }
      case 'clamp': {
        const value = this.#scalarIndex(atom.of, lane);
        return e.op('min', i32, e.op('max', i32, value, e.int(atom.min)), e.int(atom.max));
      }
      case 'div':
        return e.op('divS', i32, this.#scalarIndex(atom.of, lane), e.int(atom.by));
      case 'mod':
        return e.op('remS', i32, this.#scalarIndex(atom.of, lane), e.int(atom.by));
      case 'dynamic': {
        const { node, indices } = atom.value as DataIndex;
        return e.lane(this.value(node, indices), lane);
      }
    }
  }

  /** By how much `index` grows from lane to lane; 0 when it does not change, `null` when it does not grow evenly. */
  #step(index: Index): number | null {
    const { lanesAlong } = this.#around;
    let step = 0;
    for (const { atom, coefficient } of index.terms) {
      if (atom === lanesAlong) step = coefficient;
      else if (atom.kind === 'dynamic') {
        const { node, indices } = atom.value as DataIndex;
        if (this.value(node, indices).type.lanes > 1) return null;
      } else if (atom.kind !== 'variable' && this.#step(atom.of) !== 0) return null;
    }
    return step;
  }
}
