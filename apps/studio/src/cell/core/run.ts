import type { Tensor } from 'lumbre';
import { type CellFailure, MOST_OUTPUTS, type Output, output as outputSchema } from '../output.ts';
import { makeStudio } from '../studio/index.ts';
import { MOST_BYTES, weightOf } from '../weight.ts';
import { failureOf } from './failures.ts';
import { modules } from './modules.ts';
import { textOutput } from './outputs.ts';
import { print, printAll } from './print.ts';
import { prepareSource } from './source.ts';
import type { Strays } from './strays.ts';
import { isTable, isTensor } from './values.ts';

export interface RunOptions {
  /** Called with each thing that is shown, in order. */
  emit(output: Output): void;
  /** Names of top-level variables that are wanted afterwards. */
  readonly captures?: readonly string[];
  /** Whether the value of a last expression is shown. Default true. */
  readonly showLast?: boolean;
  /** Modules in the place of others: those that note what they make. */
  readonly modules?: Readonly<Record<string, unknown>>;
  /** Where errors that nobody caught are heard of. */
  readonly strays?: Strays;
}

export interface RunResult {
  readonly failure: CellFailure | null;
  /** The values of the captures; those that were never defined are undefined. */
  readonly captured: Readonly<Record<string, unknown>>;
  /** The tensors that were shown, by the id of their output. */
  readonly shown: ReadonlyMap<number, { readonly tensor: Tensor; readonly title: string | null }>;
  /** The name under which stacks and call sites know this code. */
  readonly file: string;
}

type Body = (...args: unknown[]) => Promise<Record<string, unknown>>;
const AsyncFunction = (async () => {}).constructor as new (...args: string[]) => Body;

let runs = 0;

/**
 * Runs learner's code to its end. Never throws: what goes wrong in it is its result. What it leaves running is not waited for.
 */
export async function runSource(source: string, options: RunOptions): Promise<RunResult> {
  // With a scheme, as paths have one in stacks: that is how call sites are found.
  const file = `learner:///cell-${++runs}.ts`;
  const shown = new Map<number, { tensor: Tensor; title: string | null }>();
  const emit = limited(options.emit);
  const studio = makeStudio({
    emit,
    keep(tensor, title) {
      const id = shown.size;
      shown.set(id, { tensor, title });
      return id;
    },
  });
  const log =
    (stream: 'log' | 'warn' | 'error') =>
    (...values: unknown[]) =>
      emit(textOutput(printAll(values), stream));
  const console = {
    ...{ log: log('log'), info: log('log'), debug: log('log'), warn: log('warn'), error: log('error') },
    table: (rows: unknown) => studio.table(rows as never),
  };
  const showLast = (value: unknown) => {
    if (options.showLast === false) return;
    if (value instanceof Promise)
      throw new TypeError('The last expression is a promise: write await before it.');
    if (value === undefined) return;
    if (isTensor(value) || isTable(value)) studio.show(value);
    else emit(textOutput(typeof value === 'string' ? `'${value}'` : print(value)));
  };
  const requireModule = (name: string): unknown => {
    if (name === 'studio') return studio;
    if (options.modules && Object.hasOwn(options.modules, name)) return options.modules[name];
    if (Object.hasOwn(modules, name)) return modules[name];
    throw new Error(
      `There is no module '${name}' here; there are ${[...Object.keys(modules), 'studio'].join(', ')}.`,
    );
  };

  options.strays?.forget();
  try {
    const { body } = prepareSource(source, options.captures);
    const run = new AsyncFunction(
      'require',
      'exports',
      'console',
      '__value',
      `${body}\n//# sourceURL=${file}`,
    );
    const getters = await run(requireModule, {}, console, showLast);
    const stray = await options.strays?.first(file);
    const failure = stray ? failureOf(stray.error, file) : null;
    return { failure, captured: capturedOf(getters, options.captures ?? []), shown, file };
  } catch (error) {
    return { failure: failureOf(error, file), captured: {}, shown, file };
  }
}

/**
 * Lets so many outputs through and no more, and says once that there were more.
 * @throws TypeError for what nobody could draw: it would be lost on its way, and not be heard of
 */
function limited(emit: (output: Output) => void): (output: Output) => void {
  let outputs = 0;
  let bytes = 0;
  let full = false;
  return (output) => {
    if (full) return;
    const checked = outputSchema.safeParse(output);
    if (!checked.success) {
      const [{ path = [], message = '' } = {}] = checked.error.issues;
      throw new TypeError(`This ${output.kind} cannot be shown: ${path.join('.')}: ${message}.`);
    }
    bytes += weightOf(output);
    full = outputs++ === MOST_OUTPUTS || bytes > MOST_BYTES;
    emit(full ? textOutput('…', 'warn') : output);
  };
}

/** A variable in its temporal dead zone, or a getter that throws, is one that was never defined. */
function capturedOf(getters: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name of names) {
    try {
      values[name] = getters[name];
    } catch {
      values[name] = undefined;
    }
  }
  return values;
}
