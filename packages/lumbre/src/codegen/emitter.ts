import { type Expr, type IrOp, i32, type MemoryType, type Stmt, type Type, vector } from './ir.ts';
import { QUAD, type Target } from './target.ts';

/** Statements under construction, and the values already named in them. */
interface Block {
  readonly depth: number;
  readonly statements: Stmt[];
  readonly values: Map<string, Expr>;
}

/** Ops on constants that are worth doing now: they come from index arithmetic. */
const foldable: Partial<Record<IrOp, (a: number, b: number) => number>> = {
  add: (a, b) => (a + b) | 0,
  sub: (a, b) => (a - b) | 0,
  mul: Math.imul,
  and: (a, b) => a & b,
  min: Math.min,
  max: Math.max,
};

const isI32 = (type: Type) => type.scalar === 'i32' && type.lanes === 1;

/**
 * Builds a kernel's statements. Every pure value is named once, in the outermost block where its parts are known: common
 * subexpressions and loop invariants need no pass of their own. `depth` is how many loops a block lies in.
 */
export class Emitter {
  readonly target: Target;
  readonly locals: Type[] = [];
  readonly #depths: number[] = [];
  readonly #blocks: Block[] = [{ depth: 0, statements: [], values: new Map() }];

  constructor(target: Target) {
    this.target = target;
  }

  /** Lanes of the widest vectors. */
  get lanes(): number {
    return this.target.lanes;
  }

  get statements(): readonly Stmt[] {
    return (this.#blocks[0] as Block).statements;
  }

  get #block(): Block {
    return this.#blocks[this.#blocks.length - 1] as Block;
  }

  // --- values --------------------------------------------------------------------------------------------------------

  constant(type: Type, value: number): Expr {
    return { kind: 'const', type, value };
  }

  int(value: number): Expr {
    return { kind: 'const', type: i32, value };
  }

  buffer(index: number): Expr {
    return this.#name({ kind: 'buffer', type: i32, index }, `buffer ${index}`, 0);
  }

  get scratch(): Expr {
    return this.#name({ kind: 'scratch', type: i32 }, 'scratch', 0);
  }

  get begin(): Expr {
    return this.#name({ kind: 'begin', type: i32 }, 'begin', 0);
  }

  get end(): Expr {
    return this.#name({ kind: 'end', type: i32 }, 'end', 0);
  }

  /** A pure operation, named in the outermost block that knows its arguments. Scalars widen to meet vectors. */
  op(op: IrOp, type: Type, ...args: Expr[]): Expr {
    const lanes = Math.max(...args.map((a) => a.type.lanes));
    if (lanes > 1 && op !== 'any') {
      return this.#pure(
        op,
        vector(type, lanes),
        args.map((a) => this.widen(a, lanes)),
      );
    }
    return this.#pure(op, type, args);
  }

  /** As `op`, but computed right here each time: for values that depend on a mutable variable. */
  opHere(op: IrOp, type: Type, ...args: Expr[]): Expr {
    const lanes = Math.max(...args.map((a) => a.type.lanes));
    const wide = lanes > 1 ? args.map((a) => this.widen(a, lanes)) : args;
    return { kind: 'op', op, type: vector(type, lanes), args: wide };
  }

  /** A vector with `value` in every lane; a vector as it is. */
  widen(value: Expr, lanes: number): Expr {
    if (value.type.lanes > 1) return value;
    const type = vector(value.type, lanes);
    if (value.kind === 'const') return { kind: 'const', type, value: value.value };
    return this.#pure('splat', type, [value]);
  }

  /** The vector of these scalars. */
  pack(values: readonly Expr[]): Expr {
    return this.#pure('pack', vector((values[0] as Expr).type, values.length), values);
  }

  lane(value: Expr, lane: number): Expr {
    if (value.type.lanes === 1) return value;
    if (value.kind === 'const') return { ...value, type: vector(value.type, 1) };
    const expr: Expr = { kind: 'lane', type: vector(value.type, 1), vector: value, lane };
    return this.#name(expr, `lane ${lane} ${keyOf(value)}`, this.depthOf(value));
  }

  /** The four neighbouring lanes of a vector from lane 4 · `index` on, as a vector; one of four lanes as it is. */
  quad(value: Expr, index: number): Expr {
    if (value.type.lanes === QUAD) return value;
    return this.#pure('quad', vector(value.type, QUAD), [value, this.int(index)]);
  }

  /** All quads of these vectors, one after another. */
  quads(values: readonly Expr[]): Expr[] {
    return values.flatMap((value) =>
      Array.from({ length: value.type.lanes / QUAD }, (_, index) => this.quad(value, index)),
    );
  }

  /** i32 0, 1, 2, … in the lanes. */
  ramp(lanes: number): Expr {
    return this.#pure('ramp', vector(i32, lanes), []);
  }

  #pure(op: IrOp, type: Type, args: readonly Expr[]): Expr {
    const simple = isI32(type) ? simplified(op, args) : null;
    if (simple) return simple;
    const depth = args.reduce((deepest, a) => Math.max(deepest, this.depthOf(a)), 0);
    return this.#name(
      { kind: 'op', op, type, args },
      `${op} ${type.scalar}${type.lanes} ${args.map(keyOf)}`,
      depth,
    );
  }

  /**
   * Elements in memory. `constant` promises that the kernel does not write there, so that the load may move out of loops
   * and be shared.
   */
  load(type: Type, memory: MemoryType, address: Expr, offset: number, constant: boolean): Expr {
    const [base, bytes] = this.#legalOffset(address, offset);
    const expr: Expr = { kind: 'load', type, memory, address: base, offset: bytes };
    if (!constant) return this.#letHere(expr);
    const key = `load ${type.scalar}${type.lanes} ${memory} ${keyOf(base)} ${bytes}`;
    return this.#name(expr, key, this.depthOf(base));
  }

  /** The f32 or i32 at `address` + 4 · each of the indices; `constant` as for loads. */
  gather(type: Type, address: Expr, indices: Expr, constant: boolean): Expr {
    return this.#reading('gather', vector(type, indices.type.lanes), [address, indices], constant);
  }

  /** The same where `mask` holds; 0 where it does not, and nothing is read there. */
  gatherWhere(type: Type, mask: Expr, address: Expr, indices: Expr, constant: boolean): Expr {
    return this.#reading('gatherWhere', vector(type, mask.type.lanes), [mask, address, indices], constant);
  }

  /** The f32 or i32 at `address`, and every `step` (1 or 2) elements further on, where `mask` holds; 0 where it does not. */
  loadWhere(type: Type, mask: Expr, address: Expr, step: number, constant: boolean): Expr {
    return this.#reading(
      'loadWhere',
      vector(type, mask.type.lanes),
      [mask, address, this.int(step)],
      constant,
    );
  }

  /** An operation that reads memory. */
  #reading(op: IrOp, type: Type, args: readonly Expr[], constant: boolean): Expr {
    return constant ? this.#pure(op, type, args) : this.#letHere({ kind: 'op', op, type, args });
  }

  /** Offsets are not negative in the loop language. */
  #legalOffset(address: Expr, offset: number): [Expr, number] {
    return offset >= 0 ? [address, offset] : [this.op('add', i32, address, this.int(offset)), 0];
  }

  #name(expr: Expr, key: string, depth: number): Expr {
    const block = this.#blocks.find((b) => b.depth >= depth) as Block;
    const known = block.values.get(key);
    if (known) return known;
    const local = this.#let(expr, block);
    block.values.set(key, local);
    return local;
  }

  #let(expr: Expr, block: Block): Expr {
    const id = this.#newLocal(expr.type, block.depth);
    block.statements.push({ kind: 'let', id, value: expr });
    return { kind: 'local', type: expr.type, id };
  }

  #letHere(expr: Expr): Expr {
    return this.#let(expr, this.#block);
  }

  /** Gives the current value of `expr` a name in this block, after which variables in it may change. */
  freeze(expr: Expr): Expr {
    return this.#letHere(expr);
  }

  #newLocal(type: Type, depth: number): number {
    this.locals.push(type);
    this.#depths.push(depth);
    return this.locals.length - 1;
  }

  /** How many loops deep the value is known: 0 outside all of them. */
  depthOf(expr: Expr): number {
    return expr.kind === 'local' ? (this.#depths[expr.id] as number) : 0;
  }

  // --- statements ----------------------------------------------------------------------------------------------------

  /** A mutable variable. Values made from it must come from `opHere`. */
  variable(init: Expr): Expr & { kind: 'local' } {
    const id = this.#newLocal(init.type, this.#block.depth);
    this.#block.statements.push({ kind: 'var', id, init });
    return { kind: 'local', type: init.type, id };
  }

  set(variable: Expr & { kind: 'local' }, value: Expr): void {
    this.#block.statements.push({ kind: 'set', id: variable.id, value });
  }

  /** A loop over [start, end). A range that holds one step or none, known now, makes no loop. */
  loop(start: Expr, end: Expr, step: number, body: (index: Expr) => void): void {
    if (start.kind === 'const' && end.kind === 'const') {
      if (start.value >= end.value) return;
      if (start.value + step >= end.value) {
        body(start);
        return;
      }
    }
    const depth = this.#block.depth + 1;
    const id = this.#newLocal(i32, depth);
    const statements = this.#inside(depth, () => body({ kind: 'local', type: i32, id }));
    this.#block.statements.push({ kind: 'loop', id, start, end, step, body: statements });
  }

  /** Statements that run only where `condition` holds. */
  when(condition: Expr, body: () => void, otherwise?: () => void): void {
    // One deeper than its surroundings, so that nothing is moved out of the branch but what is known outside.
    const depth = this.#block.depth + 1;
    const then = this.#inside(depth, body);
    const rest = otherwise ? this.#inside(depth, otherwise) : [];
    this.#block.statements.push({ kind: 'if', condition, then, otherwise: rest });
  }

  /** Statements that a renderer may make a function of: an inner loop that wants all registers for itself. */
  apart(body: () => void): void {
    const statements = this.#inside(this.#block.depth + 1, body);
    this.#block.statements.push({ kind: 'apart', body: statements });
  }

  #inside(depth: number, body: () => void): Stmt[] {
    const block: Block = { depth, statements: [], values: new Map() };
    this.#blocks.push(block);
    body();
    this.#blocks.pop();
    return block.statements;
  }

  /** Makes statements in the outermost block that knows `value`, rather than here. */
  whereKnown(value: Expr, body: () => void): void {
    const at = this.#blocks.findIndex((block) => block.depth >= this.depthOf(value));
    const deeper = this.#blocks.splice(at + 1);
    body();
    this.#blocks.push(...deeper);
  }

  store(memory: MemoryType, address: Expr, offset: number, value: Expr): void {
    const [base, bytes] = this.#legalOffset(address, offset);
    this.#block.statements.push({ kind: 'store', memory, address: base, offset: bytes, value });
  }

  fail(code: number, value: Expr): void {
    this.#block.statements.push({ kind: 'fail', code, value });
  }
}

/** Text that is equal for equal simple expressions: whatever `Emitter` hands out is a constant or a local. */
function keyOf(expr: Expr): string {
  if (expr.kind === 'local') return `%${expr.id}`;
  if (expr.kind === 'const')
    return `${Object.is(expr.value, -0) ? '-0' : expr.value}:${expr.type.scalar}${expr.type.lanes}`;
  throw new Error(
    `Emitter: an unnamed ${expr.kind} was used inside an expression; make it with op() or freeze() it.`,
  );
}

function simplified(op: IrOp, args: readonly Expr[]): Expr | null {
  const [a, b] = args as [Expr, Expr];
  const fold = foldable[op];
  if (!fold) return null;
  if (a.kind === 'const' && b.kind === 'const') return { ...a, value: fold(a.value, b.value) };
  if (b.kind === 'const' && b.value === 0 && (op === 'add' || op === 'sub')) return a;
  if (a.kind === 'const' && a.value === 0 && op === 'add') return b;
  if (b.kind === 'const' && op === 'mul' && (b.value === 0 || b.value === 1)) return b.value === 0 ? b : a;
  return null;
}
