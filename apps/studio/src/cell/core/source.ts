import { parser } from '@lezer/javascript';
import { transform } from 'sucrase';

const typescript = parser.configure({ dialect: 'ts' });

/** Learner's code as the body of an async function, line for line. */
export interface PreparedSource {
  readonly body: string;
}

/** What sucrase could not read, and where. */
export class SourceError extends SyntaxError {
  override readonly name = 'SyntaxError';
  readonly line: number | null;
  readonly column: number | null;

  constructor(message: string, line: number | null, column: number | null) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

/**
 * Makes TypeScript ready to run: types are taken off, imports become calls of `require`, the value of a last expression is handed
 * to `__value`, and the variables of `captures` can be read when all is over. Every line stays where it was, so that what a stack
 * says of the body is true of the learner's code.
 * @throws SourceError
 */
export function prepareSource(source: string, captures: readonly string[] = []): PreparedSource {
  let code: string;
  try {
    code = transform(withLastValue(source), {
      transforms: ['typescript', 'imports'],
      disableESTransforms: true,
      keepUnusedImports: false,
    }).code;
  } catch (error) {
    throw sourceError(error);
  }
  // A name that was never defined is no mistake of the learner's code: it is only not there.
  const getters = captures.map(
    (name) =>
      `get ${JSON.stringify(name)}() { return typeof ${name} === 'undefined' ? undefined : ${name}; }`,
  );
  return { body: `${code}\n;return { ${getters.join(', ')} };` };
}

/** The source, with its last expression, if it ends with one, handed to `__value`. */
function withLastValue(source: string): string {
  const last = typescript.parse(source).topNode.lastChild;
  let node = last;
  while (node && (node.name === 'LineComment' || node.name === 'BlockComment')) node = node.prevSibling;
  if (node?.name !== 'ExpressionStatement') return source;
  const expression = node.firstChild;
  // An assignment is not said for its value, and a directive is none.
  if (!expression || expression.name === 'AssignmentExpression' || expression.name === 'String')
    return source;
  return `${source.slice(0, expression.from)}__value(${source.slice(expression.from, expression.to)})${source.slice(expression.to)}`;
}

function sourceError(error: unknown): SourceError {
  const { message = String(error), loc } = error as {
    message?: string;
    loc?: { line: number; column: number };
  };
  // «Error transforming file.ts: Unexpected token (3:5)»
  const [, line, column] = /\((\d+):(\d+)\)$/.exec(message) ?? [];
  const plain = message.replace(/^Error transforming [^:]*: /, '').replace(/ \(\d+:\d+\)$/, '');
  return new SourceError(
    plain,
    loc?.line ?? (line ? Number(line) : null),
    loc?.column ?? (column ? Number(column) : null),
  );
}
