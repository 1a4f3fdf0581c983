import type { NumericArray } from '../graph/dtype.ts';
import { type FolderWriter, openFolderWriter, writeText } from './folderWriter.ts';
import {
  bytesOf,
  inFileOrder,
  type SafetensorsMetadata,
  safetensorsElements,
  safetensorsHeader,
  type TensorShape,
} from './safetensors.ts';

/** A tensor whose values are asked for when they are written: a `Tensor` is one. */
export interface TensorToSave extends TensorShape {
  data(): Promise<NumericArray> | NumericArray;
}

export interface SaveWeightsOptions {
  /** What the file is called, without its ending. Default `model`. */
  readonly name?: string;
  /** More bytes than this go into several files: a number, or `5GB`, `500MB`, as Hugging Face has it. Default `5GB`. */
  readonly maxShardSize?: number | string;
  /** Default `{ format: 'pt' }`, without which transformers refuses a file. */
  readonly metadata?: SafetensorsMetadata;
}

const units: Readonly<Record<string, number>> = {
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

function parseSize(size: number | string): number {
  const [, amount = '', unit = ''] =
    typeof size === 'number'
      ? ['', String(size)]
      : (/^\s*(\d+(?:\.\d+)?)\s*([KMGT]i?B)?\s*$/i.exec(size) ?? []);
  const bytes = Number(amount || Number.NaN) * (unit === '' ? 1 : (units[unit.toLowerCase()] ?? Number.NaN));
  if (bytes >= 1) return bytes;
  throw new RangeError(
    `saveWeights: maxShardSize is ${size}; expected bytes, or a size such as '5GB' or '500MB'.`,
  );
}

type Entry = readonly [name: string, tensor: TensorToSave];

/** In the order that is given, each file as full as it may be; a tensor that is larger than a file may be has one alone. */
function shardsOf(entries: readonly Entry[], most: number): Entry[][] {
  const shards: Entry[][] = [[]];
  let bytes = 0;
  for (const entry of entries) {
    const size = bytesOf(entry[1]);
    if (bytes > 0 && bytes + size > most) {
      shards.push([]);
      bytes = 0;
    }
    shards.at(-1)?.push(entry);
    bytes += size;
  }
  return shards;
}

async function* piecesOf(
  entries: readonly Entry[],
  metadata: SafetensorsMetadata,
): AsyncGenerator<Uint8Array> {
  const inOrder = inFileOrder(entries);
  yield safetensorsHeader(inOrder, metadata).header;
  for (const [name, tensor] of inOrder) {
    const { dtype, shape } = tensor;
    yield safetensorsElements(name, { dtype, shape, data: await tensor.data() });
  }
}

/**
 * Writes weights as transformers does: `model.safetensors`, or `model-00001-of-00003.safetensors` and so on with
 * `model.safetensors.index.json`. One tensor after the other is asked for its values, so that no more than one is in memory
 * besides. A tensor that has several names (a tied weight) is written under the first. What an earlier call wrote to the same
 * place is removed when all is there.
 * @param target a folder, which is made (in Node), or a writer
 * @returns the files, the index last
 */
export async function saveWeights(
  target: string | FolderWriter,
  tensors: Iterable<readonly [name: string, tensor: TensorToSave]>,
  { name = 'model', maxShardSize = '5GB', metadata = { format: 'pt' } }: SaveWeightsOptions = {},
): Promise<string[]> {
  const folder = openFolderWriter(target);
  const most = parseSize(maxShardSize);
  const once = new Set<TensorToSave>();
  const entries = [...tensors].filter(([, tensor]) => !once.has(tensor) && once.add(tensor));
  const shards = shardsOf(entries, most);
  const written: string[] = [];
  const number = (value: number): string => String(value).padStart(5, '0');
  const places = new Map<string, string>();
  for (const [i, shard] of shards.entries()) {
    const file =
      shards.length === 1
        ? `${name}.safetensors`
        : `${name}-${number(i + 1)}-of-${number(shards.length)}.safetensors`;
    await folder.write(file, piecesOf(shard, metadata));
    for (const [tensor] of shard) places.set(tensor, file);
    written.push(file);
  }
  if (shards.length > 1) {
    const total = entries.reduce((sum, [, tensor]) => sum + bytesOf(tensor), 0);
    const lines = [...places].sort(([a], [b]) => (a < b ? -1 : 1));
    // Written by hand, since an object would lose names such as `__proto__`.
    const map = lines.map(([tensor, file]) => `    ${JSON.stringify(tensor)}: ${JSON.stringify(file)}`);
    const text = `{\n  "metadata": {\n    "total_size": ${total}\n  },\n  "weight_map": {\n${map.join(',\n')}\n  }\n}\n`;
    await writeText(folder, `${name}.safetensors.index.json`, text);
    written.push(`${name}.safetensors.index.json`);
  }
  await removeOld(folder, name, written);
  return written;
}

/** An old index, or an old file that would be preferred to the new ones, would be loaded instead of them. */
async function removeOld(folder: FolderWriter, name: string, written: readonly string[]): Promise<void> {
  const rest = /^(?:-\d{5}-of-\d{5})?\.safetensors(?:\.index\.json)?$/;
  for (const path of await folder.list()) {
    const isOurs = path.startsWith(name) && rest.test(path.slice(name.length));
    if (isOurs && !written.includes(path)) await folder.remove(path);
  }
}
