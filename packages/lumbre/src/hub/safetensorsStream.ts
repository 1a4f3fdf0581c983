import type { DType } from '../graph/dtype.ts';
import { formatShape, sameShape, sizeOf } from '../graph/shape.ts';
import { SafetensorsError } from './safetensorsHeader.ts';
import { type ElementKind, elementBytes, elementsOf, type StoredArray } from './storedArray.ts';

const kinds: Record<DType, ElementKind> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int32: 'I32',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
};

/** A tensor that will be written: what it is is known, its values are asked for when its turn comes. */
export interface StreamedTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  read(): Promise<StoredArray>;
}

/** The bytes that a tensor takes in a file. */
export const streamedBytes = ({ dtype, shape }: Pick<StreamedTensor, 'dtype' | 'shape'>): number =>
  sizeOf(shape) * elementBytes[kinds[dtype]];

/**
 * A safetensors file in pieces: its header, then one tensor after the other, so that a model is written with little more
 * memory than one tensor takes. The file is the one that `writeSafetensors` makes of the same.
 * @throws SafetensorsError for a name that occurs twice, and when values are not what was said
 */
export async function* streamSafetensors(
  tensors: readonly StreamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const width = ({ dtype }: StreamedTensor) => elementBytes[kinds[dtype]];
  const inOrder = [...tensors].sort((a, b) => width(b) - width(a) || (a.name < b.name ? -1 : 1));
  yield headerOf(inOrder, metadata);
  for (const tensor of inOrder) {
    const array = await tensor.read();
    if (array.dtype !== tensor.dtype || !sameShape(array.shape, tensor.shape)) {
      throw new SafetensorsError(
        `safetensors: tensor ${JSON.stringify(tensor.name)} is ${array.dtype}${formatShape(array.shape)}, and the header says ` +
          `${tensor.dtype}${formatShape(tensor.shape)}.`,
      );
    }
    yield elementsOf(array);
  }
}

/** Names are written by hand, since an object would lose some, such as `__proto__`, and reorder others. */
function headerOf(
  inOrder: readonly StreamedTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const fields: string[] = [];
  const pairs = Object.entries(metadata);
  if (pairs.length > 0) {
    const written = pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    fields.push(`"__metadata__":{${written.join(',')}}`);
  }
  let position = 0;
  const names = new Set<string>(['__metadata__']);
  for (const tensor of inOrder) {
    const { name, dtype, shape } = tensor;
    if (names.has(name)) {
      throw new SafetensorsError(`safetensors: the name ${JSON.stringify(name)} is taken already.`);
    }
    names.add(name);
    const end = position + streamedBytes(tensor);
    fields.push(
      `${JSON.stringify(name)}:${JSON.stringify({ dtype: kinds[dtype], shape, data_offsets: [position, end] })}`,
    );
    position = end;
  }
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const length = Math.ceil(json.length / 8) * 8;
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return header;
}
