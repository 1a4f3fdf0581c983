import type { Tensor } from 'lumbre';
import type { Faces } from '../faces/faces.ts';
import { facesOf, forgetValues, recordedLumbre, startRecording } from '../faces/record.ts';
import { variablesOf } from '../faces/variables.ts';
import { type RunOptions, type RunResult, runSource } from './core/run.ts';
import { isTensor } from './core/values.ts';

startRecording({ keepValues: true });

/** What learners' code gets as `lumbre`: it notes what it makes. */
const recordedModules: Readonly<Record<string, unknown>> = { lumbre: recordedLumbre() };

const remembered = (source: string, options: RunOptions): Promise<RunResult> =>
  runSource(source, { ...options, captures: variablesOf(source), modules: recordedModules });

/** Runs a source, and remembers how its numbers came to be, and what its variables are called; of what was run before no more is asked. */
export function recordedRun(source: string, options: RunOptions): Promise<RunResult> {
  forgetValues();
  return remembered(source, options);
}

/** The tensors among the variables of a run, by their names. */
const tensorsOf = ({ captured }: RunResult): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(captured).filter(
      (entry): entry is [string, Tensor] => isTensor(entry[1]) && !entry[1].disposed,
    ),
  );

/** The faces of an element of a tensor that a run has shown. */
export function shownFaces(source: string, result: RunResult, output: number, index: number): Promise<Faces> {
  const shown = result.shown.get(output);
  if (!shown) throw new Error('That value is not here any more: run the cell again.');
  const names = tensorsOf(result);
  const own = Object.keys(names).find((name) => names[name] === shown.tensor);
  return facesOf(shown.tensor, index, {
    ...{ name: own ?? shown.title ?? 'x', names, source, file: result.file },
  });
}

/** Runs a source, and finds the faces of an element of one of its variables. */
export async function variableFaces(source: string, name: string, at: readonly number[]): Promise<Faces> {
  const result = await remembered(source, { emit: () => {}, showLast: false });
  if (result.failure) throw new Error(result.failure.message);
  const value = result.captured[name];
  if (isTensor(value)) {
    const index = value.shape.reduce((flat, side, axis) => flat * side + (at[axis] ?? 0), 0);
    return facesOf(value, index, { name, names: tensorsOf(result), source, file: result.file });
  }
  if (typeof value === 'number') {
    return {
      name,
      value,
      formula: { tex: name, numbers: String(value) },
      code: null,
      gradient: null,
      checks: [],
    };
  }
  throw new Error(`${name} is no number.`);
}
