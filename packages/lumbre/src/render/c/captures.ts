import type { Expr, Stmt } from '../../codegen/ir.ts';

/** What a block reads that is not its own: locals from around it, and what a kernel is called with. */
export interface Captures {
  readonly locals: readonly number[];
  /** Whether it may fail. */
  readonly fails: boolean;
}

/** @throws Error where the block uses the kernel's parameters, or sets a variable, other than through a local of its own */
export function capturesOf(statements: readonly Stmt[]): Captures {
  const own = new Set<number>();
  const read = new Set<number>();
  let fails = false;
  const look = (expr: Expr): void => {
    switch (expr.kind) {
      case 'local':
        if (!own.has(expr.id)) read.add(expr.id);
        return;
      case 'op':
        expr.args.forEach(look);
        return;
      case 'lane':
        look(expr.vector);
        return;
      case 'load':
        look(expr.address);
        return;
      case 'const':
        return;
      default:
        throw new Error(`A block apart reads '${expr.kind}'; name it outside.`);
    }
  };
  const visit = (block: readonly Stmt[]): void => {
    for (const statement of block) {
      switch (statement.kind) {
        case 'let':
          look(statement.value);
          own.add(statement.id);
          break;
        case 'var':
          look(statement.init);
          own.add(statement.id);
          break;
        case 'set':
          if (!own.has(statement.id)) throw new Error('A block apart sets a variable from outside.');
          look(statement.value);
          break;
        case 'loop':
          look(statement.start);
          look(statement.end);
          own.add(statement.id);
          visit(statement.body);
          break;
        case 'if':
          look(statement.condition);
          visit(statement.then);
          visit(statement.otherwise);
          break;
        case 'store':
          look(statement.address);
          look(statement.value);
          break;
        case 'apart':
          visit(statement.body);
          break;
        case 'fail':
          fails = true;
          look(statement.value);
          break;
      }
    }
  };
  visit(statements);
  return { locals: [...read].sort((a, b) => a - b), fails };
}
