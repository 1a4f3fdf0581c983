/** Lines that `Function` puts before a body: its name, and its parameters. */
const LINES_BEFORE = 2;

/** The line of a learner's code in a stack, counted from 1: the innermost, which called the library; null where there is none. */
export function callSiteLine(stack: string | undefined, file: string): number | null {
  const escaped = file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const line = Number(new RegExp(`${escaped}:(\\d+):\\d+`).exec(stack ?? '')?.[1]) - LINES_BEFORE;
  return line >= 1 ? line : null;
}
