import { instrument, MARK } from './instrument.ts';
import { type Trace, trace } from './trace.ts';

/** What ran, and what it printed, line by line; a failure is one that the program could not even begin with. */
export type Run = (
  source: string,
  onText: (text: string) => void,
) => Promise<{ readonly failure: string | null }>;

/**
 * Runs a program with a watch on it, by whoever can run programs, and gives what happened to its memory. What comes back has been
 * through a sandbox where anything may have run: it is checked.
 * @throws Error with what the program failed with before its first step
 */
export async function recordProgram(source: string, run: Run): Promise<Trace> {
  let json = '';
  const { failure } = await run(instrument(source), (text) => {
    if (text.startsWith(MARK)) json += text.slice(MARK.length);
  });
  if (failure !== null) throw new Error(failure);
  return trace.parse(JSON.parse(json));
}
