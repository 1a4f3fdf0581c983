import type { Expr, KernelBody, Stmt } from '../../codegen/ir.ts';

/** The expressions that `expr` is computed from. */
export function operandsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'op':
      return expr.args;
    case 'lane':
      return [expr.vector];
    case 'load':
      return [expr.address];
    default:
      return [];
  }
}

/** The expressions that a statement evaluates itself, before its nested blocks run. */
function expressionsOf(statement: Stmt): readonly Expr[] {
  switch (statement.kind) {
    case 'let':
    case 'set':
    case 'fail':
      return [statement.value];
    case 'var':
      return [statement.init];
    case 'loop':
      return [statement.start, statement.end];
    case 'if':
      return [statement.condition];
    case 'store':
      return [statement.address, statement.value];
    case 'apart':
      return [];
  }
}

function blocksOf(statement: Stmt): readonly (readonly Stmt[])[] {
  if (statement.kind === 'loop' || statement.kind === 'apart') return [statement.body];
  if (statement.kind === 'if') return [statement.then, statement.otherwise];
  return [];
}

export interface Uses {
  /** How often each local is read, by id. */
  readonly locals: readonly number[];
  /** The buffers that are used, in order. */
  readonly buffers: readonly number[];
}

/** Counts, over a whole kernel, how often each local is read and which buffers are used. */
export function usesOf(body: KernelBody): Uses {
  const locals = body.locals.map(() => 0);
  const buffers = new Set<number>();
  const visitExpression = (expr: Expr): void => {
    if (expr.kind === 'local') locals[expr.id]++;
    else if (expr.kind === 'buffer') buffers.add(expr.index);
    operandsOf(expr).forEach(visitExpression);
  };
  const visitBlock = (statements: readonly Stmt[]): void => {
    for (const statement of statements) {
      expressionsOf(statement).forEach(visitExpression);
      blocksOf(statement).forEach(visitBlock);
    }
  };
  visitBlock(body.statements);
  return { locals, buffers: [...buffers].sort((a, b) => a - b) };
}
