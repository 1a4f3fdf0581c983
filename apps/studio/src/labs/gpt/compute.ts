import { packRun } from './archive.ts';
import type { LabRecipe } from './recipe.ts';
import { type RunFacts, Session, type Update } from './session.ts';
import { holdRun, openFolder } from './storage.ts';
import type { Branch } from './tree.ts';

// The laboratory's two workers, from one module: a workbench, which reads texts and keeps the list of runs, and a trainer with
// one run in it. A run has a worker of its own, because memory that WebAssembly has taken is given back with the worker only.

export { canKeep, deleteRun, keptRuns, renameRun } from './storage.ts';
export {
  cutText,
  importRun,
  needsOf,
  takeMachineText,
  takenText,
  takeRunText,
  takeText,
} from './workbench.ts';

let session: Session | null = null;
let release: (() => void) | null = null;

const current = (): Session => {
  if (!session) throw new Error('No run is open.');
  return session;
};

type Tell = (update: Update) => unknown;

/** Begins a run in this worker. @throws LaboratoryError */
export async function begin(
  id: string,
  name: string,
  lab: LabRecipe,
  ownText: string | null,
  tell: Tell,
): Promise<RunFacts> {
  release = await holdRun(id);
  session = await Session.begin(await openFolder(id, true), name, lab, ownText);
  session.listen(tell);
  return session.facts;
}

/** Takes up a run in this worker, which waits until it is started. @throws LaboratoryError */
export async function open(id: string, tell: Tell): Promise<RunFacts> {
  release = await holdRun(id);
  session = await Session.open(await openFolder(id));
  session.listen(tell);
  return session.facts;
}

export const start = (steps?: number): Promise<void> => current().start(steps);
export const pause = (): Promise<void> => current().pause();
/** Makes one step. */
export async function oneStep(): Promise<void> {
  await current().start(1);
  await current().ended();
}
export const save = (): Promise<number> => current().save();
export const watch = (text: string): Promise<void> => current().watch(text);
export const tree = (text: string): Promise<Branch[]> => current().tree(text);
export const rename = (name: string): Promise<void> => current().rename(name);

/** The run as a zip file, as it is after the step that is being made. */
export async function pack(name: string): Promise<Uint8Array> {
  await current().save();
  return packRun(current().folder, name);
}

/** Ends the training with everything saved: the worker can go. */
export async function close(): Promise<void> {
  await session?.dispose();
  session = null;
  release?.();
}
