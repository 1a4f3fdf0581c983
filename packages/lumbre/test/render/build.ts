// Short names for writing kernels by hand.
import {
  type Expr,
  f32,
  type IrOp,
  i32,
  type KernelBody,
  type MemoryType,
  mask,
  type Stmt,
  type Type,
} from '../../src/codegen/ir.ts';

export const constant = (type: Type, value: number): Expr => ({ kind: 'const', type, value });
export const int = (value: number): Expr => constant(i32, value);
export const float = (value: number): Expr => constant(f32, value);
export const buffer = (index: number): Expr => ({ kind: 'buffer', type: i32, index });
export const scratch: Expr = { kind: 'scratch', type: i32 };
export const begin: Expr = { kind: 'begin', type: i32 };
export const end: Expr = { kind: 'end', type: i32 };
export const op = (name: IrOp, type: Type, ...args: Expr[]): Expr => ({ kind: 'op', op: name, type, args });
export const lane = (vector: Expr, index: number): Expr => ({
  kind: 'lane',
  type: { scalar: vector.type.scalar, lanes: 1 },
  vector,
  lane: index,
});
export const load = (type: Type, memory: MemoryType, address: Expr, offset = 0): Expr => ({
  kind: 'load',
  type,
  memory,
  address,
  offset,
});
export const store = (memory: MemoryType, address: Expr, value: Expr, offset = 0): Stmt => ({
  kind: 'store',
  memory,
  address,
  offset,
  value,
});
export const fail = (code: number, value: Expr): Stmt => ({ kind: 'fail', code, value });
export const when = (condition: Expr, then: readonly Stmt[], otherwise: readonly Stmt[] = []): Stmt => ({
  kind: 'if',
  condition,
  then,
  otherwise,
});

/** address + index * bytes */
export const element = (address: Expr, index: Expr, bytes = 4): Expr =>
  op('add', i32, address, op('mul', i32, index, int(bytes)));

export const lessThan = (a: Expr, b: Expr): Expr => op('lt', mask, a, b);

/** Gives out ids while the statements of a kernel are written. */
export class Locals {
  readonly types: Type[] = [];

  /** A let or a var of this value: the statement, and the expression that reads it. */
  declare(kind: 'let' | 'var', value: Expr): [Stmt, Expr & { kind: 'local' }] {
    const name = this.name(value.type);
    const { id } = name;
    return [kind === 'let' ? { kind, id, value } : { kind, id, init: value }, name];
  }

  loop(start: Expr, end: Expr, step: number, body: (index: Expr) => readonly Stmt[]): Stmt {
    const index = this.name(i32);
    return { kind: 'loop', id: index.id, start, end, step, body: body(index) };
  }

  name(type: Type): Expr & { kind: 'local' } {
    return { kind: 'local', type, id: this.types.push(type) - 1 };
  }

  kernel(buffers: number, statements: readonly Stmt[]): KernelBody {
    return { buffers, statements, locals: this.types };
  }
}
