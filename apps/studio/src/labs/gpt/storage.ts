import { parseMetrics, runFileNames } from 'lumbre/train';
import { z } from 'zod';
import { ABOUT_FILE, type AboutRun, decodeAbout, encodeAbout } from './about.ts';
import { BrowserFolder, MemoryFolder, type RunFolder } from './files.ts';
import { LaboratoryError } from './problem.ts';

// The runs that the browser keeps, each in a folder of its own.

const ROOT = 'laboratory-gpt';

/** A run in the list of those that are kept. */
export interface KeptRun {
  readonly id: string;
  readonly about: AboutRun;
  /** Steps with figures, and all that are planned. */
  readonly step: number;
  readonly steps: number;
  readonly loss: number | null;
  /** When something of it was written last, in milliseconds since 1970. */
  readonly touched: number;
  readonly bytes: number;
}

/** Where runs lie; null for a browser that has no such place, as in a window that remembers nothing. */
async function root(): Promise<FileSystemDirectoryHandle | null> {
  try {
    const files = await navigator.storage.getDirectory();
    return await files.getDirectoryHandle(ROOT, { create: true });
  } catch {
    return null;
  }
}

/** Whether the browser keeps files at all. */
export const canKeep = async (): Promise<boolean> => (await root()) !== null;

const isId = (id: string): boolean => /^[0-9a-f-]{36}$/.test(id);

/** The folder of a run. In a browser that keeps nothing it is memory, which is said where runs are begun. */
export async function openFolder(id: string, create = false): Promise<RunFolder> {
  const runs = await root();
  if (!runs) return new MemoryFolder();
  if (!isId(id)) throw new LaboratoryError('notRun', id);
  try {
    return new BrowserFolder(await runs.getDirectoryHandle(id, { create }));
  } catch {
    throw new LaboratoryError('notRun', id);
  }
}

const planned = z.object({ config: z.object({ train: z.object({ steps: z.number() }) }) });

async function describe(id: string, handle: FileSystemDirectoryHandle): Promise<KeptRun | null> {
  const folder = new BrowserFolder(handle);
  const about = decodeAbout(await folder.read(ABOUT_FILE));
  const config = await folder.read(runFileNames.config);
  if (!about || !config) return null;
  const parsed = planned.safeParse(JSON.parse(new TextDecoder().decode(config)));
  if (!parsed.success) return null;
  const metrics = parseMetrics(
    new TextDecoder().decode((await folder.read(runFileNames.metrics)) ?? undefined),
  );
  const losses = metrics.flatMap((metric) => ('train' in metric ? [metric.train.loss] : []));
  let touched = about.created;
  let bytes = 0;
  for (const name of await folder.names()) {
    const file = await (await handle.getFileHandle(name)).getFile();
    touched = Math.max(touched, file.lastModified);
    bytes += file.size;
  }
  return {
    id,
    about,
    step: metrics.at(-1)?.step ?? 0,
    steps: parsed.data.config.train.steps,
    // A single batch says little: the mean of the last ones.
    loss: losses.length > 0 ? meanOf(losses.slice(-20) as number[]) : null,
    touched,
    bytes,
  };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** All runs that are kept, the one that was worked on last first. */
export async function keptRuns(): Promise<KeptRun[]> {
  const runs = await root();
  if (!runs) return [];
  const found: KeptRun[] = [];
  const entries = (runs as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }).entries();
  for await (const [id, handle] of entries) {
    if (handle.kind !== 'directory' || !isId(id)) continue;
    // One that cannot be read must not hide the others; it stays where it is.
    const run = await describe(id, handle as FileSystemDirectoryHandle).catch(() => null);
    if (run) found.push(run);
  }
  return found.sort((a, b) => b.touched - a.touched);
}

const lockName = (id: string): string => `lumbre-gpt-${id}`;

/**
 * Keeps a run for this tab as long as its worker lives: two that write to one folder would ruin it.
 * @throws LaboratoryError when another has it
 */
export async function holdRun(id: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(lockName(id), { ifAvailable: true }, (lock) => {
        if (!lock) {
          reject(new LaboratoryError('openElsewhere'));
          return undefined;
        }
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}

/** Gives a run that is not open another name. */
export async function renameRun(id: string, name: string): Promise<void> {
  const folder = await openFolder(id);
  const about = decodeAbout(await folder.read(ABOUT_FILE));
  if (about) await folder.write(ABOUT_FILE, encodeAbout({ ...about, name }));
}

/** Deletes a run for good. @throws LaboratoryError when it is open in another tab */
export async function deleteRun(id: string): Promise<void> {
  const release = await holdRun(id);
  try {
    await (await root())?.removeEntry(id, { recursive: true });
  } finally {
    release();
  }
}
