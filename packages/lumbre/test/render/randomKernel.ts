// Random kernels: expression trees, variables, loops, branches, loads and stores that see each other.
import {
  bytesOf,
  type Expr,
  f32,
  type IrOp,
  i32,
  type KernelBody,
  type MemoryType,
  mask,
  type ScalarType,
  type Stmt,
  type Type,
  vector,
} from '../../src/codegen/ir.ts';
import {
  begin,
  buffer,
  constant,
  element,
  end,
  fail,
  int,
  Locals,
  lane,
  load,
  op,
  store,
  when,
} from './build.ts';

const scalars = [f32, i32, mask];
const types = [...scalars, ...scalars.map((type) => vector(type, 4))];

/** One buffer each, read and written. */
const memories: readonly MemoryType[] = ['f32', 'i32', 'u8', 'f16', 'bf16', 'i8', 'i16'];
const memoryOf: Record<ScalarType, readonly MemoryType[]> = {
  f32: ['f32', 'f16', 'bf16'],
  i32: ['i32', 'u8', 'i8', 'i16'],
  mask: ['u8', 'i8'],
};
const elements = 24;

const constants: Record<ScalarType, readonly number[]> = {
  f32: [0, -0, 1, -1.5, 3e9, 1e-40, Number.NaN, Number.POSITIVE_INFINITY, 0.1],
  i32: [0, 1, -1, 7, 33, 255, 2 ** 31 - 1, -(2 ** 31)],
  mask: [0, 1],
};

const binary: Record<ScalarType, readonly IrOp[]> = {
  f32: ['add', 'sub', 'mul', 'div', 'min', 'max', 'pmin', 'pmax'],
  i32: ['add', 'sub', 'mul', 'min', 'max', 'and', 'or', 'xor', 'shl', 'shrU', 'shrS'],
  mask: ['maskAnd', 'maskOr', 'maskXor'],
};
const unary: Record<ScalarType, readonly IrOp[]> = {
  f32: ['neg', 'sqrt', 'abs', 'floor', 'nearest', 'roundF16', 'roundBF16'],
  i32: ['neg'],
  mask: ['maskNot'],
};
const comparisons: readonly IrOp[] = ['lt', 'le', 'eq', 'ne'];

/** Operations that change the type, and the type that they start from. */
const conversions: Record<'f32' | 'i32', readonly (readonly [IrOp, Type])[]> = {
  f32: [
    ['toF32', i32],
    ['asF32', i32],
    ['maskToF32', mask],
  ],
  // Without asI32: the bits of a NaN are not part of the language.
  i32: [
    ['toI32', f32],
    ['maskToI32', mask],
  ],
};

type Local = Expr & { kind: 'local' };

/**
 * Makes a kernel out of a list of numbers, each of them one decision. When the list is used up every decision is the
 * first choice, which leads to leaves: so shorter lists are smaller kernels, and fast-check can shrink them.
 */
export class KernelMaker {
  readonly #decisions: readonly number[];
  #next = 0;
  readonly #locals = new Locals();
  /** What may be read here, and which of these may be set. */
  #readable: Local[] = [];
  #variables: Local[] = [];
  readonly #unread = new Set<Local>();

  constructor(decisions: readonly number[]) {
    this.#decisions = decisions;
  }

  make(): KernelBody {
    const statements: Stmt[] = [];
    while (this.#next < this.#decisions.length) statements.push(...this.#block(2));
    return this.#locals.kernel(memories.length, statements);
  }

  #choose<T>(choices: readonly T[]): T {
    return choices[(this.#decisions[this.#next++] ?? 0) % choices.length];
  }

  #block(depth: number): Stmt[] {
    const readable = [...this.#readable];
    const variables = [...this.#variables];
    const statements = Array.from({ length: this.#choose([1, 2, 4, 7]) }, () => this.#statement(depth));
    this.#readable = readable;
    this.#variables = variables;
    return statements;
  }

  #statement(depth: number): Stmt {
    const flat = ['store', 'let', 'let', 'set', 'let', 'store', 'set', 'var', 'fail'] as const;
    const kind = this.#choose(depth > 0 ? ([...flat, 'loop', 'if'] as const) : flat);
    switch (kind) {
      case 'let':
      case 'var': {
        const [statement, local] = this.#locals.declare(kind, this.#expression(this.#choose(types), 3));
        this.#readable.push(local);
        this.#unread.add(local);
        if (kind === 'var') this.#variables.push(local);
        return statement;
      }
      case 'set': {
        if (this.#variables.length === 0) return this.#store();
        const { id, type } = this.#choose(this.#variables);
        return { kind, id, value: this.#expression(type, 3) };
      }
      case 'store':
        return this.#store();
      case 'fail':
        return fail(1 + this.#choose([0, 1, 2]), this.#expression(i32, 2));
      case 'if':
        return when(
          this.#expression(mask, 3),
          this.#block(depth - 1),
          this.#choose([false, true]) ? this.#block(depth - 1) : [],
        );
      case 'loop': {
        const start = this.#choose([int(0), begin, undefined]) ?? this.#small(2, 3);
        const last = this.#choose([int(3), int(0), end, undefined]) ?? this.#small(2, 7);
        const index = this.#locals.name(i32);
        const outer = [...this.#readable];
        this.#readable.push(index);
        const body = this.#block(depth - 1);
        this.#readable = outer;
        return { kind, id: index.id, start, end: last, step: this.#choose([1, 2, 3]), body };
      }
    }
  }

  #store(): Stmt {
    const type = this.#choose(types);
    const memory = this.#choose(memoryOf[type.scalar]);
    return store(memory, this.#address(memory, 2), this.#expression(type, 4), this.#offset(memory));
  }

  /** An element in the first half of a buffer, so that with an offset and four lanes it is still inside. */
  #address(memory: MemoryType, depth: number): Expr {
    const base = buffer(memories.indexOf(memory));
    if (this.#choose([true, true, false])) return base;
    return element(base, this.#small(depth, 7), bytesOf[memory]);
  }

  /** An integer from 0 to `most`, which is a power of two less one. */
  #small(depth: number, most: number): Expr {
    return op('and', i32, this.#expression(i32, depth), int(most));
  }

  #offset(memory: MemoryType): number {
    return this.#choose([0, 1, 2, 5, 12]) * bytesOf[memory];
  }

  #expression(type: Type, depth: number): Expr {
    const { scalar, lanes } = type;
    const leaves = ['const', 'local', 'load', 'local', 'load'] as const;
    const inner = ['binary', 'binary', 'unary', 'select', 'convert', 'shape', 'special'] as const;
    const make = (of: Type = type) => this.#expression(of, depth - 1);
    const as = (other: Type): Type => ({ scalar: other.scalar, lanes });
    switch (this.#choose(depth > 0 ? [...leaves, ...inner] : leaves)) {
      case 'const':
        return constant(type, this.#choose(constants[scalar]));
      case 'local': {
        const fitting = this.#readable.filter(
          (local) => local.type.scalar === scalar && local.type.lanes === lanes,
        );
        if (fitting.length === 0) return constant(type, 1);
        // Those that nothing has read yet come first, so that many lets are read exactly once.
        const unread = fitting.filter((local) => this.#unread.has(local));
        const local = this.#choose(unread.length > 0 ? unread : fitting);
        this.#unread.delete(local);
        return local;
      }
      case 'load': {
        const memory = this.#choose(memoryOf[scalar]);
        return load(type, memory, this.#address(memory, depth - 1), this.#offset(memory));
      }
      case 'binary':
        return op(this.#choose(binary[scalar]), type, make(), make());
      case 'unary':
        return op(this.#choose(unary[scalar]), type, make());
      case 'select':
        return op('select', type, make(as(mask)), make(), make());
      case 'convert':
        return this.#conversion(type, make);
      case 'shape': {
        if (lanes === 1) return lane(make(vector(type, 4)), this.#choose([0, 1, 2, 3]));
        const of = { scalar, lanes: 1 };
        return this.#choose([true, false])
          ? op('splat', type, make(of))
          : op('pack', type, make(of), make(of), make(of), make(of));
      }
      case 'special':
        return this.#special(type, make);
    }
  }

  #conversion(type: Type, make: (of: Type) => Expr): Expr {
    const as = (other: Type): Type => ({ scalar: other.scalar, lanes: type.lanes });
    if (type.scalar === 'mask') {
      const of = as(this.#choose([f32, i32]));
      return op(this.#choose(comparisons), type, make(of), make(of));
    }
    const [name, from] = this.#choose(conversions[type.scalar]);
    return op(name, type, make(as(from)));
  }

  /** The operations that only one type has. */
  #special(type: Type, make: (of?: Type) => Expr): Expr {
    const integers: Type = { scalar: 'i32', lanes: type.lanes };
    switch (type.scalar) {
      case 'f32':
        return op('fma', type, make(), make(), make());
      case 'i32': {
        // Divisors from 1 to 65535.
        const bits = op('and', type, make(), constant(type, 0xffff));
        const divisor = op('or', type, bits, constant(type, 1));
        return op(this.#choose(['divS', 'remS']), type, make(), divisor);
      }
      case 'mask':
        if (type.lanes === 1 && this.#choose([true, false])) return op('any', type, make(vector(mask, 4)));
        return op('ltU', type, make(integers), make(integers));
    }
  }
}

export const randomCall = {
  buffers: [
    Float32Array.from({ length: elements }, (_, index) => (index - 5) * 0.75),
    Int32Array.from({ length: elements }, (_, index) => (index - 3) * 0x1357_9bd),
    Uint8Array.from({ length: elements }, (_, index) => (index % 3 === 0 ? 0 : index * 11)),
    // Bits of floats of all kinds, infinities and NaN among them.
    Uint16Array.from({ length: elements }, (_, index) => index * 0x0b83),
    Uint16Array.from({ length: elements }, (_, index) => index * 0x0b83),
    Int8Array.from({ length: elements }, (_, index) => (index - 9) * 13),
    Int16Array.from({ length: elements }, (_, index) => (index - 11) * 2711),
  ],
  begin: 1,
  end: 6,
};
