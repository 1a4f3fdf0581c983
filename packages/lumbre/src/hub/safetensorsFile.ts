import type { RandomAccessFile } from './randomAccess.ts';
import { readTensor } from './safetensors.ts';
import {
  headerLengthOf,
  parseHeaderText,
  type SafetensorsHeader,
  type TensorInfo,
} from './safetensorsHeader.ts';
import type { StoredArray, StoredFloatOptions } from './storedArray.ts';
import type { WeightFile } from './weightFile.ts';

/** Small tensors that lie beside each other are read at once, up to so many bytes: over a network each read is a request. */
const TOGETHER = 2 ** 22;

/** The header of a safetensors file, and nothing else of it. @throws SafetensorsError for a damaged file */
export async function readSafetensorsHeader(file: RandomAccessFile): Promise<SafetensorsHeader> {
  const length = headerLengthOf(await file.read(0, Math.min(8, file.size)), file.size);
  return parseHeaderText(await file.read(8, 8 + length), file.size);
}

/**
 * Opens a safetensors file of any size: the header is read now, each tensor when its turn comes.
 * @throws SafetensorsError for a damaged file; while tensors are read, for integers that int32 cannot hold
 */
export async function openSafetensors(
  file: RandomAccessFile,
  options: StoredFloatOptions = {},
): Promise<WeightFile> {
  const { tensors, metadata, dataStart } = await readSafetensorsHeader(file);
  const inOrder = [...tensors].sort(([, a], [, b]) => a.start - b.start);
  return {
    format: 'safetensors',
    tensors: new Map(
      inOrder.map(([name, { dtype, shape, start, end }]) => [
        name,
        { kind: dtype, shape, bytes: end - start },
      ]),
    ),
    metadata,
    async *read(wanted = () => true): AsyncGenerator<readonly [string, StoredArray]> {
      for (const group of grouped(inOrder.filter(([name]) => wanted(name)))) {
        const start = dataStart + (group[0] as Entry)[1].start;
        const bytes = await file.read(start, dataStart + (group.at(-1) as Entry)[1].end);
        for (const [name, info] of group) {
          const place = dataStart + info.start - start;
          yield [name, readTensor(name, info, bytes.subarray(place, place + info.end - info.start), options)];
        }
      }
    },
    close: () => file.close(),
  };
}

type Entry = readonly [name: string, info: TensorInfo];

/** Runs of tensors without a gap between them and of few bytes together; a large tensor is a run of its own. */
function grouped(entries: readonly Entry[]): Entry[][] {
  const groups: Entry[][] = [];
  let start = 0;
  let end = -1;
  for (const entry of entries) {
    const info = entry[1];
    if (info.start === end && info.end - start <= TOGETHER) groups.at(-1)?.push(entry);
    else {
      groups.push([entry]);
      start = info.start;
    }
    end = info.end;
  }
  return groups;
}
