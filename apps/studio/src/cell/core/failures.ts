import { type CellFailure, MOST_TEXT } from '../output.ts';
import { print } from './print.ts';
import { SourceError } from './source.ts';

/** Lines that `Function` puts before a body: the name of the function, and its parameters. */
const LINES_BEFORE = 2;

/** The innermost line of the learner's code in a stack; null where it is not in it. */
function lineInStack(stack: string | undefined, file: string): number | null {
  const escaped = file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const match = new RegExp(`${escaped}:(\\d+):\\d+`).exec(stack ?? '');
  const line = Number(match?.[1]) - LINES_BEFORE;
  return line >= 1 ? line : null;
}

/** What allocation says when there is no memory left, in engines and in ours. */
const outOfMemory =
  /out of memory|memory allocation|could not allocate|no room for \d+ bytes|array buffer allocation failed|invalid string length|memory\.grow|unable to grow/i;

/** An error of learner's code, in a form that can leave the sandbox. */
export function failureOf(error: unknown, file: string): CellFailure {
  if (error instanceof SourceError) {
    return {
      kind: 'syntax',
      message: `SyntaxError: ${error.message}`,
      line: error.line,
      column: error.column,
    };
  }
  const isError = error instanceof Error;
  const name = isError ? error.name : 'Error';
  const text = isError ? error.message : print(error);
  const message = `${name}: ${text}`.slice(0, MOST_TEXT);
  const line = isError ? lineInStack(error.stack, file) : null;
  const kind = name === 'SyntaxError' ? 'syntax' : outOfMemory.test(text) ? 'memory' : 'thrown';
  // Columns are those of what sucrase made of the line, and not the learner's.
  return { kind, message, line, column: null };
}
