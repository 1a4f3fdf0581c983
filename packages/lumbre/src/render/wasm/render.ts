/**
 * Prints the loop language as WebAssembly. What is done here beyond printing is one thing: a `let` with a single use
 * becomes part of that use, where nothing in between can change its meaning.
 */

import type { Expr, IrOp, KernelBody, MemoryType, Stmt, Type } from '../../codegen/ir.ts';
import { encodeModule, FunctionBody, type ValueType } from './assembler.ts';
import { floatMemory, hasSplat, loadElements, loadSplat, storeElements } from './memory.ts';
import { operations, uniformShifts } from './operations.ts';
import { operandsOf, type Uses, usesOf } from './uses.ts';

/** Where the first `fail` of a program leaves its code (i32, 0 means none) and its value. */
export const STATUS_CODE_ADDRESS = 16;
export const STATUS_VALUE_ADDRESS = 20;

export interface NamedKernel {
  readonly name: string;
  readonly body: KernelBody;
}

export interface RenderOptions {
  /** Use relaxed SIMD: `fma` is one instruction, and has one rounding where the machine has it. */
  readonly relaxed: boolean;
  /** Import a shared memory, and let one thread win when several fail. False by default. */
  readonly sharedMemory?: boolean;
}

/**
 * One module with all kernels, each exported under its name as `(arguments, begin, end, scratch)`, all i32, where
 * `arguments` is the address of a table of i32 buffer addresses. It imports its memory as `env.memory`.
 */
export function renderModule(
  kernels: readonly NamedKernel[],
  options: RenderOptions,
): Uint8Array<ArrayBuffer> {
  const shared = options.sharedMemory ?? false;
  return encodeModule(
    { module: 'env', name: 'memory', minimum: 1, maximum: 65536, shared },
    kernels.map(({ name, body }) => ({
      name,
      parameters: kernelParameters,
      body: new KernelRenderer(name, body, options).render(),
    })),
  );
}

const kernelParameters: readonly ValueType[] = ['i32', 'i32', 'i32', 'i32'];
const parameter = { arguments: 0, begin: 1, end: 2, scratch: 3 };

/** A let that waits for its single use, and what it reads itself (other pending lets answer for themselves). */
interface Pending {
  readonly value: Expr;
  readonly readsMemory: boolean;
  readonly readsLocals: ReadonlySet<number>;
}

type ConstExpr = Expr & { kind: 'const' };
type OpExpr = Expr & { kind: 'op' };
type LoadExpr = Expr & { kind: 'load' };
type LoopStmt = Stmt & { kind: 'loop' };
type StoreStmt = Stmt & { kind: 'store' };
type FailStmt = Stmt & { kind: 'fail' };

const zeros = new Int32Array(4);
const ramp = Int32Array.of(0, 1, 2, 3);
/** Storing rounds as these do, so that what they would do first need not be done. */
const roundingOf: { readonly [memory in MemoryType]?: IrOp } = { f16: 'roundF16', bf16: 'roundBF16' };

class KernelRenderer {
  readonly #name: string;
  readonly #kernel: KernelBody;
  readonly #options: RenderOptions;
  readonly #uses: Uses;
  readonly #body = new FunctionBody(kernelParameters.length);
  /** WebAssembly locals, by id of the kernel's local and by index of the buffer. */
  readonly #locals = new Map<number, number>();
  readonly #buffers = new Map<number, number>();
  /** Lets of the current block that are not rendered yet, by id. */
  #pending = new Map<number, Pending>();

  constructor(name: string, kernel: KernelBody, options: RenderOptions) {
    this.#name = name;
    this.#kernel = kernel;
    this.#options = options;
    this.#uses = usesOf(kernel);
  }

  render(): FunctionBody {
    for (const index of this.#uses.buffers) {
      if (index >= this.#kernel.buffers) {
        this.#reject(`buffer ${index} of a kernel with ${this.#kernel.buffers} buffers`);
      }
      const local = this.#body.newLocal('i32');
      this.#buffers.set(index, local);
      this.#body
        .get(parameter.arguments)
        .memoryOp('i32.load', 2, 4 * index)
        .set(local);
    }
    this.#block(this.#kernel.statements);
    return this.#body;
  }

  #reject(what: string): never {
    throw new Error(`Cannot render kernel '${this.#name}' as WebAssembly: ${what}.`);
  }

  // Statements

  #block(statements: readonly Stmt[]): void {
    const outer = this.#pending;
    this.#pending = new Map();
    for (const statement of statements) this.#statement(statement);
    this.#pending = outer;
  }

  #statement(statement: Stmt): void {
    switch (statement.kind) {
      case 'let':
        this.#let(statement.id, statement.value);
        return;
      case 'var':
        this.#expression(statement.init);
        this.#body.set(this.#declare(statement.id));
        return;
      case 'set':
        this.#expression(statement.value);
        this.#settle(({ readsLocals }) => readsLocals.has(statement.id));
        this.#body.set(this.#local(statement.id));
        return;
      case 'loop':
        this.#loop(statement);
        return;
      case 'if':
        this.#expression(statement.condition);
        this.#settle();
        this.#body.if();
        this.#block(statement.then);
        if (statement.otherwise.length > 0) {
          this.#body.else();
          this.#block(statement.otherwise);
        }
        this.#body.end();
        return;
      case 'store':
        this.#store(statement);
        return;
      case 'apart':
        for (const inner of statement.body) this.#statement(inner);
        return;
      case 'fail':
        this.#fail(statement);
        return;
    }
  }

  #let(id: number, value: Expr): void {
    const uses = this.#uses.locals[id];
    if (uses === 0) return;
    if (uses === 1) {
      this.#pending.set(id, pendingOf(value));
    } else {
      this.#expression(value);
      this.#body.set(this.#declare(id));
    }
  }

  /** Computes the pending lets for which `affected` holds, before a statement that they must not move across. */
  #settle(affected: (pending: Pending) => boolean = () => true): void {
    // From the last to the first, so that those which later ones consist of are rendered inside them.
    for (const [id, pending] of [...this.#pending].reverse()) {
      if (!affected(pending) || !this.#pending.delete(id)) continue;
      this.#expression(pending.value);
      this.#body.set(this.#declare(id));
    }
  }

  #loop({ id, start, end, step, body }: LoopStmt): void {
    if (step < 1) this.#reject(`a loop with step ${step}; steps are positive`);
    // A loop between constants needs no test before its first round.
    const certain = start.kind === 'const' && end.kind === 'const';
    if (certain && start.value >= end.value) return;

    const out = this.#body;
    this.#expression(start);
    const variable = this.#declare(id);
    out.set(variable);
    const pushEnd = this.#once(end);
    this.#settle();

    if (!certain) {
      out.get(variable);
      pushEnd();
      out.op('i32.lt_s').if();
    }
    out.loop();
    this.#block(body);
    out.get(variable).i32(step).op('i32.add').tee(variable);
    pushEnd();
    out.op('i32.lt_s').branchIf(0).end();
    if (!certain) out.end();
  }

  /** Computes a scalar i32 now; what it returns pushes the value, as often as it is called. */
  #once(expr: Expr): () => void {
    if (expr.kind === 'const') return () => this.#expression(expr);
    const local = this.#body.newLocal('i32');
    this.#expression(expr);
    this.#body.set(local);
    return () => this.#body.get(local);
  }

  #store({ memory, address, offset, value }: StoreStmt): void {
    this.#checkMemory('store', memory, value.type);
    this.#expression(address);
    const source = this.#inlined(value);
    this.#expression(source.kind === 'op' && source.op === roundingOf[memory] ? source.args[0] : source);
    const isVector = this.#isVector(value.type);
    if (isVector && value.type.scalar === 'mask') this.#body.op('i32x4.neg');
    this.#settle(({ readsMemory }) => readsMemory);
    storeElements(this.#body, memory, offset, isVector ? 4 : 1);
  }

  #fail({ code, value }: FailStmt): void {
    const out = this.#body;
    if (this.#options.sharedMemory) {
      out
        .i32(STATUS_CODE_ADDRESS)
        .i32(0)
        .i32(code)
        .memoryOp('i32.atomic.rmw.cmpxchg', 2, 0)
        .op('i32.eqz')
        .if();
    } else {
      out.i32(STATUS_CODE_ADDRESS).memoryOp('i32.load', 2, 0).op('i32.eqz').if();
      out.i32(STATUS_CODE_ADDRESS).i32(code).memoryOp('i32.store', 2, 0);
    }
    out.i32(STATUS_VALUE_ADDRESS);
    this.#expression(value);
    out.memoryOp(value.type.scalar === 'f32' ? 'f32.store' : 'i32.store', 2, 0).end();
  }

  // Locals

  /** The local of an id, which a statement gives its value. */
  #declare(id: number): number {
    const local = this.#locals.get(id) ?? this.#body.newLocal(this.#valueType(this.#kernel.locals[id]));
    this.#locals.set(id, local);
    return local;
  }

  #local(id: number): number {
    return this.#locals.get(id) ?? this.#reject(`local ${id} is used before it has a value`);
  }

  #valueType(type: Type): ValueType {
    if (this.#isVector(type)) return 'v128';
    return type.scalar === 'f32' ? 'f32' : 'i32';
  }

  #isVector({ lanes }: Type): boolean {
    if (lanes !== 1 && lanes !== 4) this.#reject(`a value of ${lanes} lanes; there are 1 or 4`);
    return lanes === 4;
  }

  // Expressions: each leaves one value on the stack

  #expression(expr: Expr): void {
    switch (expr.kind) {
      case 'const':
        this.#const(expr);
        return;
      case 'local': {
        const value = this.#inlined(expr);
        if (value === expr) this.#body.get(this.#local(expr.id));
        else this.#expression(value);
        return;
      }
      case 'buffer':
        this.#body.get(this.#buffers.get(expr.index)!);
        return;
      case 'scratch':
      case 'begin':
      case 'end':
        this.#body.get(parameter[expr.kind]);
        return;
      case 'lane':
        this.#expression(expr.vector);
        this.#body.laneOp(`${laneShape(expr.type)}.extract_lane`, expr.lane);
        if (expr.type.scalar === 'mask') this.#body.i32(1).op('i32.and');
        return;
      case 'load':
        this.#load(expr);
        return;
      case 'op':
        this.#op(expr);
        return;
    }
  }

  /** The value of a pending let, for its one use; any other expression as it is. */
  #inlined(expr: Expr): Expr {
    if (expr.kind !== 'local') return expr;
    const pending = this.#pending.get(expr.id);
    if (pending === undefined) return expr;
    this.#pending.delete(expr.id);
    return this.#inlined(pending.value);
  }

  #const({ type, value }: ConstExpr): void {
    const isVector = this.#isVector(type);
    if (type.scalar === 'f32') {
      if (isVector) this.#body.v128(new Float32Array(4).fill(value));
      else this.#body.f32(value);
    } else {
      const integer = type.scalar === 'mask' ? Number(value !== 0) : value;
      if (isVector) this.#body.v128(new Int32Array(4).fill(type.scalar === 'mask' ? -integer : integer));
      else this.#body.i32(integer);
    }
  }

  #load({ type, memory, address, offset }: LoadExpr): void {
    this.#checkMemory('load', memory, type);
    const out = this.#body;
    const isVector = this.#isVector(type);
    this.#expression(address);
    loadElements(out, memory, offset, isVector ? 4 : 1);
    if (type.scalar !== 'mask') return;
    if (isVector) out.v128(zeros).op('i32x4.ne');
    else out.i32(0).op('i32.ne');
  }

  #checkMemory(action: string, memory: MemoryType, { scalar }: Type): void {
    if (floatMemory.has(memory) !== (scalar === 'f32'))
      this.#reject(`a ${action} of ${scalar} in ${memory} memory`);
  }

  #op({ op, args, type }: OpExpr): void {
    switch (op) {
      case 'fma':
        this.#fma(args, type);
        return;
      case 'select': {
        const [condition, whenTrue, whenFalse] = args;
        for (const arg of [whenTrue, whenFalse, condition]) this.#expression(arg);
        this.#body.op(this.#isVector(type) ? 'v128.bitselect' : 'select');
        return;
      }
      case 'splat':
        this.#splat(args[0], type);
        return;
      case 'pack':
        this.#pack(args, type);
        return;
      case 'ramp':
        this.#body.v128(ramp);
        return;
      case 'dotBytes':
        this.#expression(args[0]);
        this.#body.memoryOp('v128.load8x8_s', 0, (args[2] as ConstExpr).value);
        this.#expression(args[1]);
        this.#body.op('i32x4.dot_i16x8_s');
        return;
      case 'any':
        this.#expression(args[0]);
        this.#body.op('v128.any_true');
        return;
      case 'shl':
      case 'shrU':
      case 'shrS':
        if (this.#isVector(type)) this.#vectorShift(op, args);
        else this.#plainOp(op, args);
        return;
      default:
        this.#plainOp(op, args);
    }
  }

  #plainOp(op: IrOp, args: readonly Expr[]): void {
    const { type } = args[0];
    const rendering = operations[op]?.[type.scalar]?.[this.#isVector(type) ? 1 : 0];
    if (rendering === undefined) this.#reject(`no ${op} of ${type.scalar}`);
    for (const arg of args) this.#expression(arg);
    if (typeof rendering === 'function') rendering(this.#body);
    else if (rendering !== 'nothing') this.#body.op(rendering);
  }

  #vectorShift(op: keyof typeof uniformShifts, args: readonly Expr[]): void {
    const value = args[0];
    const counts = this.#inlined(args[1]);
    const count = uniform(counts);
    if (count === undefined) {
      this.#plainOp(op, [value, counts]);
    } else {
      this.#expression(value);
      this.#expression(count);
      this.#body.op(uniformShifts[op]);
    }
  }

  /** A scalar takes the vector instruction too, so that it has the same bits as a lane. */
  #fma(args: readonly Expr[], type: Type): void {
    const out = this.#body;
    const isVector = this.#isVector(type);
    if (this.#options.relaxed) {
      for (const arg of args) {
        this.#expression(arg);
        if (!isVector) out.op('f32x4.splat');
      }
      out.op('f32x4.relaxed_madd');
      if (!isVector) out.laneOp('f32x4.extract_lane', 0);
    } else {
      const [a, b, c] = args;
      this.#expression(a);
      this.#expression(b);
      out.op(isVector ? 'f32x4.mul' : 'f32.mul');
      this.#expression(c);
      out.op(isVector ? 'f32x4.add' : 'f32.add');
    }
  }

  #splat(arg: Expr, type: Type): void {
    const scalar = this.#inlined(arg);
    if (scalar.kind === 'load' && hasSplat(scalar.memory) && scalar.type.scalar !== 'mask') {
      // One instruction that needs no shuffle: half of the inner loop of a matrix product.
      this.#checkMemory('load', scalar.memory, scalar.type);
      this.#expression(scalar.address);
      loadSplat(this.#body, scalar.memory, scalar.offset);
      return;
    }
    this.#expression(scalar);
    this.#body.op(`${laneShape(type)}.splat`);
    if (type.scalar === 'mask') this.#body.op('i32x4.neg');
  }

  #pack(lanes: readonly Expr[], type: Type): void {
    if (lanes.length !== 4) this.#reject(`a pack of ${lanes.length} values; there are 4`);
    const shape = laneShape(type);
    this.#expression(lanes[0]);
    this.#body.op(`${shape}.splat`);
    for (let lane = 1; lane < 4; lane++) {
      this.#expression(lanes[lane]);
      this.#body.laneOp(`${shape}.replace_lane`, lane);
    }
    // The lanes came as 0 or 1; all ones is -1.
    if (type.scalar === 'mask') this.#body.op('i32x4.neg');
  }
}

const laneShape = ({ scalar }: Type): 'f32x4' | 'i32x4' => (scalar === 'f32' ? 'f32x4' : 'i32x4');

function pendingOf(value: Expr): Pending {
  let readsMemory = false;
  const readsLocals = new Set<number>();
  const visit = (expr: Expr): void => {
    if (expr.kind === 'load' || (expr.kind === 'op' && expr.op === 'dotBytes')) readsMemory = true;
    if (expr.kind === 'local') readsLocals.add(expr.id);
    operandsOf(expr).forEach(visit);
  };
  visit(value);
  return { value, readsMemory, readsLocals };
}

/** The scalar that all lanes of a vector hold, if that can be seen. */
function uniform(expr: Expr): Expr | undefined {
  if (expr.kind === 'const') return { ...expr, type: { scalar: expr.type.scalar, lanes: 1 } };
  if (expr.kind === 'op' && expr.op === 'splat') return expr.args[0];
  return undefined;
}
