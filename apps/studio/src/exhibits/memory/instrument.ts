import { parser } from '@lezer/javascript';
import { makeRecorder } from './recorder.ts';
import { MOST_STEPS } from './trace.ts';

const typescript = parser.configure({ dialect: 'ts' });

type Node = ReturnType<typeof typescript.parse>['topNode'];

/** Before the trace that an instrumented program prints: how it is told from what else is printed. */
export const MARK = '\u0001memory ';
/** Pieces of a trace that are printed at once. */
const PIECE = 15_000;

const statements: ReadonlySet<string> = new Set([
  ...['VariableDeclaration', 'ExpressionStatement', 'IfStatement', 'ForStatement', 'WhileStatement'],
  ...['DoStatement', 'ReturnStatement', 'ThrowStatement', 'SwitchStatement', 'TryStatement'],
  ...['BreakStatement', 'ContinueStatement'],
]);
const functions: ReadonlySet<string> = new Set([
  ...['FunctionDeclaration', 'FunctionExpression', 'ArrowFunction', 'MethodDeclaration'],
]);

const childrenOf = (node: Node): Node[] => {
  const children: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
};

/** A program that cannot be recorded: modules belong to cells. */
export class NotRecordable extends Error {
  override readonly name = 'NotRecordable';
}

/**
 * Puts a watch into a program: before each statement its recorder is told the line and how to read the variables that are in
 * sight there, and it hears when functions are entered and left. The trace is printed when the program ends. Lines stay lines.
 */
export function instrument(source: string): string {
  const insertions: { at: number; text: string; order: number }[] = [];
  let order = 0;
  const insert = (at: number, text: string) => insertions.push({ at, text, order: order++ });
  const text = (node: Node) => source.slice(node.from, node.to);
  const lineOf = (at: number) => source.slice(0, at).split('\n').length;
  const reader = (names: readonly string[]) =>
    `() => [${names.map((name) => `[${JSON.stringify(name)}, () => ${name}]`).join(', ')}]`;

  /** The names that a declaration, a parameter list or the head of a loop brings in, patterns included. */
  function namesIn(node: Node): string[] {
    if (node.name === 'VariableDefinition') return [text(node)];
    if (functions.has(node.name) || node.name === 'Block') return [];
    return childrenOf(node).flatMap(namesIn);
  }
  const declaredIn = (block: Node): string[] =>
    childrenOf(block)
      .filter(({ name }) => name === 'VariableDeclaration')
      .flatMap(namesIn);

  /** @param scope what is in sight of the function that this belongs to */
  function visit(node: Node, scope: readonly string[]): void {
    if (node.name === 'ImportDeclaration' || node.name === 'ExportDeclaration')
      throw new NotRecordable('import');
    if (functions.has(node.name)) {
      visitFunction(node);
      return;
    }
    const block = node.name === 'Block' || node.name === 'Script';
    const inner = block ? [...new Set([...scope, ...declaredIn(node)])] : scope;
    if (node.name === 'ForStatement') {
      visitLoop(node, inner);
      return;
    }
    for (const child of childrenOf(node)) {
      if (statements.has(child.name)) watch(child, inner, block);
      else visit(child, inner);
    }
  }

  function watch(node: Node, scope: readonly string[], inBlock: boolean): void {
    // The head of a loop declares too, but nothing can stand before it.
    const line = lineOf(node.from);
    insert(node.from, `${inBlock ? '' : '{ '}__memory.step(${line}, ${reader(scope)}); `);
    const value = node.name === 'ReturnStatement' ? childrenOf(node)[1] : undefined;
    if (value && value.name !== ';') {
      insert(value.from, `__memory.returned(${line}, (`);
      visit(value, scope);
      insert(value.to, `), ${reader(scope)})`);
    } else visit(node, scope);
    if (!inBlock) insert(node.to, ' }');
  }

  function visitLoop(node: Node, scope: readonly string[]): void {
    const [head, body] = [childrenOf(node).find(({ name }) => /^For.*Spec$/.test(name)), node.lastChild];
    const inner = [...new Set([...scope, ...(head ? namesIn(head) : [])])];
    if (head) for (const child of childrenOf(head)) visit(child, inner);
    if (!body || body === head) return;
    if (body.name === 'Block') {
      // Each round begins at the head: that is where its variable changes.
      insert(body.from + 1, ` __memory.step(${lineOf(node.from)}, ${reader(inner)}); `);
      visit(body, inner);
    } else if (statements.has(body.name)) watch(body, inner, false);
  }

  function visitFunction(node: Node): void {
    const children = childrenOf(node);
    const body = children.find(({ name }) => name === 'Block');
    const parameters = children.filter(({ name }) => name === 'ParamList').flatMap(namesIn);
    if (!body) {
      for (const child of children) visit(child, parameters);
      return;
    }
    const name = children.find(
      ({ name: kind }) => kind === 'VariableDefinition' || kind === 'PropertyDefinition',
    );
    insert(body.from + 1, ` __memory.enter(${JSON.stringify(name ? text(name) : 'ƒ')}); try { `);
    visit(body, parameters);
    insert(body.to - 1, ' } finally { __memory.leave(); } ');
  }

  const program = typescript.parse(source).topNode;
  visit(program, []);
  let code = '';
  let from = 0;
  for (const { at, text: inserted } of insertions.sort((a, b) => a.at - b.at || a.order - b.order)) {
    code += source.slice(from, at) + inserted;
    from = at;
  }
  code += source.slice(from);

  const print = `{ const __text = JSON.stringify(__memory.end(__error)); for (let i = 0; i < __text.length; i += ${PIECE}) __print(${JSON.stringify(MARK)} + __text.slice(i, i + ${PIECE})); }`;
  // As a function declaration it is there from the start, and needs no line before the learner's first.
  const recorder = `function __recorder() { return (${makeRecorder.toString()}); }`;
  return `const __print = console.log; let __error: any = null; const __memory = __recorder()(${MOST_STEPS}); try { const console = { log: __memory.log }; ${code}
__memory.settle(${reader(declaredIn(program))}); } catch (error) { __error = error; } ${print}
${recorder}
`;
}
