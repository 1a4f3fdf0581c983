import type { Expr, KernelBody, Stmt } from '../../codegen/ir.ts';

/**
 * Which locals of a kernel are addresses. In the loop language an address is an i32; here it is a pointer, and what is
 * added to it is computed in 64 bits, so that memory may be as large as the machine has it.
 */
export function addressLocals(kernel: KernelBody): ReadonlySet<number> {
  const addresses = new Set<number>();
  const visit = (statements: readonly Stmt[]): void => {
    for (const statement of statements) {
      if (statement.kind === 'let' && isAddress(statement.value, addresses)) addresses.add(statement.id);
      else if (statement.kind === 'loop' || statement.kind === 'apart') visit(statement.body);
      else if (statement.kind === 'if') {
        visit(statement.then);
        visit(statement.otherwise);
      }
    }
  };
  visit(kernel.statements);
  return addresses;
}

/** Whether an expression is an address: a buffer, scratch memory, or one of them plus something. */
export function isAddress(expr: Expr, addresses: ReadonlySet<number>): boolean {
  switch (expr.kind) {
    case 'buffer':
    case 'scratch':
      return true;
    case 'local':
      return addresses.has(expr.id);
    case 'op':
      return expr.op === 'add' && expr.args.some((arg) => isAddress(arg, addresses));
    default:
      return false;
  }
}
