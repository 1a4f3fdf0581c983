import type { Exercise } from '../../../grading/exercise.ts';

const modules = import.meta.glob<{ exercise: Exercise }>('../../../../lessons/*/*/exercises/*.ts');

export type LoadedExercise = { readonly exercise: Exercise } | { readonly message: string };

const loaded = new Map<string, Promise<LoadedExercise>>();

/**
 * An exercise by its lesson's folder and its name: for its words and the code that it begins with. It is ours, and may be
 * loaded here; what learners write against it only ever meets its checks in the sandbox.
 */
export function loadExercise(folder: string, id: string): Promise<LoadedExercise> {
  const path = `../../../../lessons/${folder}/exercises/${id}.ts`;
  let exercise = loaded.get(path);
  if (!exercise) {
    const load = modules[path];
    exercise = load
      ? load().then(
          (module) => ({ exercise: module.exercise }),
          (error: unknown) => {
            loaded.delete(path);
            return { message: error instanceof Error ? error.message : String(error) };
          },
        )
      : Promise.resolve({ message: `${folder}/exercises/${id}.ts` });
    loaded.set(path, exercise);
  }
  return exercise;
}
