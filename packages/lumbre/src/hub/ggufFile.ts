import { unpackBlocks } from './ggufBlocks.ts';
import {
  fail,
  GgufError,
  type GgufHeader,
  type GgufTensor,
  type GgufValue,
  isPacked,
  parseGgufHeader,
  TooShort,
} from './ggufHeader.ts';
import type { RandomAccessFile } from './randomAccess.ts';
import { readElements, type StoredArray, type StoredFloatOptions } from './storedArray.ts';
import type { WeightFile } from './weightFile.ts';

export interface GgufFile extends WeightFile {
  readonly format: 'gguf';
  /** All that the file says of the model: sizes, tokens and merges, a chat template. */
  readonly values: ReadonlyMap<string, GgufValue>;
}

const FIRST_HEAD_BYTES = 2 ** 20;
/** Vocabularies with their merges have 10 MB. */
const MOST_HEAD_BYTES = 2 ** 27;

async function readHeader(file: RandomAccessFile): Promise<GgufHeader> {
  for (let length = FIRST_HEAD_BYTES; ; length *= 4) {
    const head = await file.read(0, Math.min(length, file.size));
    try {
      return parseGgufHeader(head, file.size);
    } catch (error) {
      if (!(error instanceof TooShort)) throw error;
      if (head.length === file.size) fail('it ends within its header');
      if (length >= MOST_HEAD_BYTES)
        fail(`its header has more than the ${MOST_HEAD_BYTES} bytes that are allowed`);
    }
  }
}

/**
 * Opens a GGUF file of version 2 or 3, with the names of tensors that are in it (see `openGgufModel` for Hugging Face's).
 * F32, F16, BF16 and F64 are read as from other files; what is packed (Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K)
 * becomes float32.
 * @throws GgufError for a damaged file, and for kinds of tensors that are not known
 */
export async function openGguf(file: RandomAccessFile, options: StoredFloatOptions = {}): Promise<GgufFile> {
  const { tensors, values, dataStart } = await readHeader(file);
  return {
    format: 'gguf',
    values,
    metadata: textsOf(values),
    tensors: new Map(
      [...tensors].map(([name, { kind, shape, start, end }]) => [name, { kind, shape, bytes: end - start }]),
    ),
    async *read(wanted = () => true): AsyncGenerator<readonly [string, StoredArray]> {
      for (const [name, info] of tensors) {
        if (!wanted(name)) continue;
        const bytes = await file.read(dataStart + info.start, dataStart + info.end);
        yield [name, readTensor(name, info, bytes, options)];
      }
    },
    close: () => file.close(),
  };
}

function readTensor(
  name: string,
  { kind, shape }: GgufTensor,
  bytes: Uint8Array,
  options: StoredFloatOptions,
): StoredArray {
  if (isPacked(kind)) return { dtype: 'float32', shape, data: unpackBlocks(kind, bytes) };
  const elements = readElements(kind, bytes, options, (what) => {
    throw new GgufError(`gguf: tensor ${JSON.stringify(name)} ${what}. Convert the file first.`);
  });
  return { ...elements, shape };
}

/** What is no list, as text. */
function textsOf(values: ReadonlyMap<string, GgufValue>): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of values) if (!Array.isArray(value)) texts.set(key, String(value));
  return texts;
}
