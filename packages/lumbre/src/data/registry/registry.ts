import type { DataFile, DataSetEntry } from './entry.ts';
import { DataSetError } from './errors.ts';
import { images } from './images.ts';
import { music } from './music.ts';
import { tables } from './tables.ts';
import { texts } from './texts.ts';

/** The public data sets that Lumbre knows: where each comes from, under which licence, and how it is read. */
export const registry: readonly DataSetEntry[] = [...texts, ...images, ...music, ...tables];

/** How many changes of a letter lead from one word to another (Levenshtein, 1966). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

/**
 * The entry of a data set by its name, or one of its other names.
 * @throws DataSetError that names what there is, when there is none
 */
export function findDataSet(name: string, entries: readonly DataSetEntry[] = registry): DataSetEntry {
  const wanted = name.trim().toLowerCase().replaceAll('_', '-');
  const found = entries.find((entry) => entry.name === wanted || entry.aliases?.includes(wanted));
  if (found) return found;
  const names = entries.map((entry) => entry.name);
  const near = names
    .map((candidate) => ({ candidate, steps: distance(wanted, candidate) }))
    .sort((a, b) => a.steps - b.steps)[0];
  const close = near !== undefined && near.steps <= Math.max(2, wanted.length / 3) ? near.candidate : '';
  const advice = close ? `Did you mean ${close}?` : `There are ${names.join(', ')}.`;
  throw new DataSetError('data.unknown', `There is no data set '${name}'. ${advice}`, {
    name,
    names: names.join(', '),
    close,
  });
}

const DEFAULT_MAXIMUM = 64 << 20;

/** The most bytes that a file may have, packed or not: what is larger is not what the entry means. */
export const maximumBytesOf = ({ maximumBytes, bytes, downloadBytes }: DataFile): number =>
  maximumBytes ?? (bytes === undefined ? DEFAULT_MAXIMUM : Math.max(bytes, downloadBytes ?? 0) + 1024);
