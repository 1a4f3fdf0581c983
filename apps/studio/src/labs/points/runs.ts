import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { z } from 'zod';
import { checkpointSchema } from '../../exhibits/playground/snapshot.ts';
import { playgroundState } from '../../exhibits/playground/state.ts';

/** A training in the laboratory of points, as it was left. */
export const savedRun = z.object({
  id: z.string().min(1).max(60),
  name: z.string().max(80),
  saved: z.number().nonnegative(),
  step: z.number().int().nonnegative(),
  state: playgroundState,
  /** `null` when it never began. */
  checkpoint: checkpointSchema.nullable(),
});
export type SavedRun = z.infer<typeof savedRun>;

interface Schema extends DBSchema {
  runs: { key: string; value: unknown };
}

let opened: Promise<IDBPDatabase<Schema>> | null = null;

/** Trainings are too large and too many to be carried along with progress: they have a database of their own. */
function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('lumbre-points', 1, {
    upgrade: (db) => void db.createObjectStore('runs'),
  });
  opened.catch(() => {
    opened = null;
  });
  return opened;
}

/** All that can be understood, the latest first; what another version wrote otherwise is passed over. */
export async function loadRuns(): Promise<SavedRun[]> {
  const values = await (await database()).getAll('runs');
  return values
    .flatMap((value) => {
      const parsed = savedRun.safeParse(value);
      return parsed.success ? [parsed.data] : [];
    })
    .sort((a, b) => b.saved - a.saved);
}

export async function saveRun(run: SavedRun): Promise<void> {
  await (await database()).put('runs', run, run.id);
}

export async function removeRun(id: string): Promise<void> {
  await (await database()).delete('runs', id);
}

export const newRunId = (): string => crypto.randomUUID();
