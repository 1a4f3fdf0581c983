/**
 * Prints the loop language as C: a statement a line, each value under the number of its local. Vectors are those of gcc and
 * clang; what C has no operator for is a function of native/kernel.h.
 */

import type { Expr, KernelBody, MemoryType, Stmt, Type } from '../../codegen/ir.ts';
import { addressLocals, isAddress } from './addresses.ts';
import { capturesOf } from './captures.ts';
import { operations } from './operations.ts';
import { memoryType, suffix, valueType } from './types.ts';

/**
 * The C function `name(arguments, begin, end, scratch, status)` of a kernel, where `arguments` is a table with the address
 * of each buffer.
 * @throws Error for what the loop language does not allow.
 */
export const renderFunction = (name: string, body: KernelBody): string =>
  new FunctionRenderer(name, body).render();

type ConstExpr = Expr & { kind: 'const' };
type OpExpr = Expr & { kind: 'op' };
type LoadExpr = Expr & { kind: 'load' };
type StoreStmt = Stmt & { kind: 'store' };

/** What is loaded as f32; all else is loaded as i32. */
const floatMemory: ReadonlySet<MemoryType> = new Set(['f32', 'f16', 'bf16']);

/** Operations of which a 64-bit value can be made from 64-bit operands. */
const widening: Readonly<Record<string, string>> = { add: '+', sub: '-', mul: '*' };

class FunctionRenderer {
  readonly #name: string;
  readonly #kernel: KernelBody;
  readonly #addresses: ReadonlySet<number>;
  readonly #loops = new Set<number>();
  /** Locals that have a twin of 64 bits, for what is added to addresses. */
  readonly #twins = new Set<number>();
  #lines: string[] = [];
  /** Of blocks apart. */
  readonly #functions: string[] = [];
  #indent = '  ';

  constructor(name: string, kernel: KernelBody) {
    this.#name = name;
    this.#kernel = kernel;
    this.#addresses = addressLocals(kernel);
  }

  render(): string {
    const parameters = 'char *const *arguments, int begin, int end, char *scratch, lumbre_status *status';
    for (let i = 0; i < this.#kernel.buffers; i++) this.#line(`char *const b${i} = arguments[${i}];`);
    this.#block(this.#kernel.statements);
    return `${this.#functions.join('')}void ${this.#name}(${parameters}) {\n${this.#lines.join('\n')}\n}\n`;
  }

  #line(text: string): void {
    this.#lines.push(this.#indent + text);
  }

  #reject(what: string): never {
    throw new Error(`Cannot render kernel '${this.#name}' as C: ${what}.`);
  }

  // Statements

  #block(statements: readonly Stmt[]): void {
    for (const statement of statements) this.#statement(statement);
  }

  #nested(statements: readonly Stmt[]): void {
    const outer = this.#indent;
    this.#indent += '  ';
    this.#block(statements);
    this.#indent = outer;
  }

  #statement(statement: Stmt): void {
    switch (statement.kind) {
      case 'let':
        this.#let(statement.id, statement.value);
        return;
      case 'var':
        this.#line(`${this.#typeOf(statement.id)} v${statement.id} = ${this.#value(statement.init)};`);
        return;
      case 'set':
        this.#line(`v${statement.id} = ${this.#value(statement.value)};`);
        return;
      case 'loop': {
        const { id, start, end, step, body } = statement;
        if (step < 1) this.#reject(`a loop with step ${step}; steps are positive`);
        this.#loops.add(id);
        const last = end.kind === 'const' ? this.#wide(end) : `e${id}`;
        if (end.kind !== 'const') this.#line(`const long e${id} = ${this.#wide(end)};`);
        this.#line(`for (long v${id} = ${this.#wide(start)}; v${id} < ${last}; v${id} += ${step}) {`);
        this.#nested(body);
        this.#line('}');
        return;
      }
      case 'if':
        this.#line(`if (${this.#value(statement.condition)}) {`);
        this.#nested(statement.then);
        if (statement.otherwise.length > 0) {
          this.#line('} else {');
          this.#nested(statement.otherwise);
        }
        this.#line('}');
        return;
      case 'store':
        this.#store(statement);
        return;
      case 'apart':
        this.#apart(statement.body);
        return;
      case 'fail': {
        const { code, value } = statement;
        this.#line(`fail_${suffix(value.type)}(status, ${code}, ${this.#value(value)});`);
        return;
      }
    }
  }

  /** A function of its own, which a compiler does not put back in: it shares out the registers there anew. */
  #apart(statements: readonly Stmt[]): void {
    const { locals, fails } = capturesOf(statements);
    const name = `${this.#name}_part${this.#functions.length}`;
    const parameters: string[] = [];
    const given: string[] = [];
    const pass = (type: string, value: string) => {
      parameters.push(`${type} ${value}`);
      given.push(value);
    };
    for (const id of locals) {
      if (this.#addresses.has(id)) pass('char *const', `v${id}`);
      else if (this.#loops.has(id)) pass('const long', `v${id}`);
      else pass(`const ${this.#typeOf(id)}`, `v${id}`);
      if (this.#twins.has(id)) pass('const long', `w${id}`);
    }
    if (fails) pass('lumbre_status *', 'status');
    const [lines, indent] = [this.#lines, this.#indent];
    this.#lines = [];
    this.#indent = '  ';
    this.#block(statements);
    this.#functions.push(
      `static __attribute__((noinline)) void ${name}(${parameters.join(', ')}) {\n${this.#lines.join('\n')}\n}\n`,
    );
    [this.#lines, this.#indent] = [lines, indent];
    this.#line(`${name}(${given.join(', ')});`);
  }

  #typeOf(id: number): string {
    const type = this.#kernel.locals[id];
    if (!type) this.#reject(`local ${id} has no type`);
    return valueType(type);
  }

  #let(id: number, value: Expr): void {
    if (this.#addresses.has(id)) {
      this.#line(`char *const v${id} = ${this.#address(value)};`);
      return;
    }
    this.#line(`const ${this.#typeOf(id)} v${id} = ${this.#value(value)};`);
    // Unused ones cost nothing: the compiler drops them.
    if (
      value.kind === 'op' &&
      value.op in widening &&
      value.type.scalar === 'i32' &&
      value.type.lanes === 1
    ) {
      this.#line(`const long w${id} = ${this.#wide(value)};`);
      this.#twins.add(id);
    }
  }

  #store({ memory, address, offset, value }: StoreStmt): void {
    const { type } = value;
    this.#checkMemory('store', memory, type);
    const to = `*(${memoryType(memory, type.lanes)} *)(${this.#at(address, offset)})`;
    const from = this.#value(value);
    this.#line(`${to} = ${this.#stored(memory, type, from)};`);
  }

  /** A value as it lies in memory. */
  #stored(memory: MemoryType, { scalar, lanes }: Type, value: string): string {
    const isVector = lanes > 1;
    const ones = scalar === 'mask' && isVector ? `(${value} & 1)` : value;
    switch (memory) {
      case 'f32':
      case 'i32':
        return ones;
      case 'f16':
      case 'bf16': {
        const bits = `bits_of_${memory}${isVector ? `x${lanes}` : ''}(${value})`;
        return isVector ? `__builtin_convertvector(${bits}, ${memoryType(memory, lanes)})` : bits;
      }
      default:
        return isVector ? `__builtin_convertvector(${ones}, ${memoryType(memory, lanes)})` : ones;
    }
  }

  // Expressions

  #value(expr: Expr): string {
    switch (expr.kind) {
      case 'const':
        return this.#const(expr);
      case 'local':
        if (this.#addresses.has(expr.id)) this.#reject('an address where a number is expected');
        return this.#loops.has(expr.id) ? `(int)v${expr.id}` : `v${expr.id}`;
      case 'begin':
      case 'end':
        return expr.kind;
      case 'buffer':
      case 'scratch':
        return this.#reject('an address where a number is expected');
      case 'lane': {
        const lane = `(${this.#value(expr.vector)})[${expr.lane}]`;
        return expr.type.scalar === 'mask' ? `(${lane} & 1)` : lane;
      }
      case 'load':
        return this.#load(expr);
      case 'op':
        return this.#op(expr);
    }
  }

  #const({ type, value }: ConstExpr): string {
    const scalar =
      type.scalar === 'f32'
        ? floatLiteral(value)
        : type.scalar === 'mask'
          ? value === 0
            ? '0'
            : type.lanes > 1
              ? '-1'
              : '1'
          : value === -(2 ** 31)
            ? '(-2147483647 - 1)'
            : `${value}`;
    if (type.lanes === 1) return scalar.startsWith('-') ? `(${scalar})` : scalar;
    return `((${valueType(type)}){${new Array<string>(type.lanes).fill(scalar).join(', ')}})`;
  }

  #load({ type, memory, address, offset }: LoadExpr): string {
    this.#checkMemory('load', memory, type);
    const { lanes, scalar } = type;
    const at = this.#at(address, offset);
    if (memory === 'f16' && lanes > 1) return `load_f16x${lanes}(${at})`;
    const element = `*(const ${memoryType(memory, lanes)} *)(${at})`;
    if (memory === 'f32' || memory === 'i32') return scalar === 'mask' ? `(${element} != 0)` : element;
    if (lanes === 1) {
      if (memory === 'f16' || memory === 'bf16') return `value_of_${memory}(${element})`;
      return scalar === 'mask' ? `(${element} != 0)` : `(int)${element}`;
    }
    const whole = `__builtin_convertvector(${element}, i32x${lanes})`;
    if (memory === 'bf16') return `value_of_bf16x${lanes}(${whole})`;
    return scalar === 'mask' ? `(${whole} != 0)` : whole;
  }

  #checkMemory(action: string, memory: MemoryType, { scalar }: Type): void {
    if (floatMemory.has(memory) !== (scalar === 'f32'))
      this.#reject(`a ${action} of ${scalar} in ${memory} memory`);
  }

  #op(expr: OpExpr): string {
    const { op, type, args } = expr;
    const [first] = args;
    if (op === 'dotBytes') {
      const [address, halves, offset] = args as [Expr, Expr, ConstExpr];
      return `dotBytes_${suffix(type)}(${this.#at(address, offset.value)}, ${this.#value(halves)})`;
    }
    if (op === 'gather') {
      const [address, indices] = args as [Expr, Expr];
      return `gather_${suffix(type)}(${this.#address(address)}, ${this.#value(indices)})`;
    }
    if (op === 'gatherWhere') {
      const [where, address, indices] = args as [Expr, Expr, Expr];
      return `gatherWhere_${suffix(type)}(${this.#value(where)}, ${this.#address(address)}, ${this.#value(indices)})`;
    }
    if (op === 'loadWhere') {
      const [where, address, step] = args as [Expr, Expr, ConstExpr];
      return `loadWhere${step.value}_${suffix(type)}(${this.#value(where)}, ${this.#address(address)})`;
    }
    if ((op === 'eq' || op === 'ne') && args.some((arg) => isAddress(arg, this.#addresses))) {
      const [a, b] = args as [Expr, Expr];
      return `(${this.#address(a)} ${op === 'eq' ? '==' : '!='} ${this.#address(b)})`;
    }
    const rendering = operations[op];
    if (!rendering) this.#reject(`no ${op}`);
    return rendering(
      args.map((arg) => this.#value(arg)),
      type,
      first?.type ?? type,
    );
  }

  // Addresses

  #at(address: Expr, offset: number): string {
    const base = this.#address(address);
    return offset === 0 ? base : `${base} + ${offset}`;
  }

  #address(expr: Expr): string {
    switch (expr.kind) {
      case 'buffer':
        if (expr.index >= this.#kernel.buffers)
          this.#reject(`buffer ${expr.index} of a kernel with ${this.#kernel.buffers} buffers`);
        return `b${expr.index}`;
      case 'scratch':
        return 'scratch';
      case 'local':
        if (this.#addresses.has(expr.id)) return `v${expr.id}`;
        break;
      case 'op':
        if (isAddress(expr, this.#addresses)) {
          const [a, b] = expr.args as [Expr, Expr];
          return isAddress(a, this.#addresses)
            ? `(${this.#address(a)} + ${this.#wide(b)})`
            : `(${this.#address(b)} + ${this.#wide(a)})`;
        }
    }
    return this.#reject('an address that does not begin in a buffer or in scratch memory');
  }

  /** A scalar i32 in 64 bits. */
  #wide(expr: Expr): string {
    if (expr.kind === 'const') return `${expr.value}L`;
    if (expr.kind === 'local') {
      if (this.#loops.has(expr.id)) return `v${expr.id}`;
      if (this.#twins.has(expr.id)) return `w${expr.id}`;
    }
    const operator = expr.kind === 'op' ? widening[expr.op] : undefined;
    if (expr.kind === 'op' && operator) {
      const [a, b] = expr.args as [Expr, Expr];
      return `(${this.#wide(a)} ${operator} ${this.#wide(b)})`;
    }
    return `(long)${this.#value(expr)}`;
  }
}

/** A float32 in C, exactly. */
function floatLiteral(value: number): string {
  if (Number.isNaN(value)) return '__builtin_nanf("")';
  if (!Number.isFinite(value)) return `${value < 0 ? '-' : ''}__builtin_inff()`;
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded)) return floatLiteral(rounded);
  if (Object.is(rounded, -0)) return '-0.0f';
  // Seventeen digits name a double, and with it every float.
  const text = rounded.toPrecision(17);
  return `${text.includes('.') || text.includes('e') ? text : `${text}.`}f`;
}
