import type { Faces } from '../faces/faces.ts';
import { facesOf, recordedLumbre, startRecording } from '../faces/record.ts';
import { type RunResult, runSource } from './core/run.ts';
import { isTensor } from './core/values.ts';

startRecording();

/** What learners' code gets as `lumbre`: it notes what it makes. */
export const recordedModules: Readonly<Record<string, unknown>> = { lumbre: recordedLumbre() };

/** The faces of an element of a tensor that a run has shown. */
export function shownFaces(source: string, result: RunResult, output: number, index: number): Promise<Faces> {
  const shown = result.shown.get(output);
  if (!shown) throw new Error('That value is not here any more: run the cell again.');
  return facesOf(shown.tensor, index, { name: shown.title ?? 'x', source, file: result.file });
}

/** Runs a source, and finds the faces of an element of one of its variables. */
export async function variableFaces(source: string, name: string, at: readonly number[]): Promise<Faces> {
  const result = await runSource(source, {
    ...{ emit: () => {}, captures: [name], showLast: false },
    modules: recordedModules,
  });
  if (result.failure) throw new Error(result.failure.message);
  const value = result.captured[name];
  if (isTensor(value)) {
    const index = value.shape.reduce((flat, side, axis) => flat * side + (at[axis] ?? 0), 0);
    return facesOf(value, index, { name, source, file: result.file });
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
