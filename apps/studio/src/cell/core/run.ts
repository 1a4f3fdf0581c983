import type { Tensor } from 'lumbre';
import { type CellFailure, MOST_OUTPUTS, type Output } from '../output.ts';
import { makeStudio } from '../studio/index.ts';
import { failureOf } from './failures.ts';
import { modules } from './modules.ts';
import { textOutput } from './outputs.ts';
import { print, printAll } from './print.ts';
import { prepareSource } from './source.ts';
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
  let outputs = 0;
  const emit = (output: Output) => {
    if (outputs < MOST_OUTPUTS) options.emit(output);
    else if (outputs === MOST_OUTPUTS) options.emit(textOutput('…', 'warn'));
    outputs++;
  };
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
    return { failure: null, captured: capturedOf(getters, options.captures ?? []), shown, file };
  } catch (error) {
    return { failure: failureOf(error, file), captured: {}, shown, file };
  }
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
