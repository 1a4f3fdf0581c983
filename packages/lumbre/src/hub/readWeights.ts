import { isFloat, makeArray } from '../graph/dtype.ts';
import { type FindWeightsOptions, findWeights } from './findWeights.ts';
import { openGgufModel } from './ggufModel.ts';
import { damagedFile } from './hubError.ts';
import { openPytorch } from './pytorchFile.ts';
import type { RandomAccessFile } from './randomAccess.ts';
import type { Repository } from './repository.ts';
import { openSafetensors } from './safetensorsFile.ts';
import type { StoredArray } from './storedArray.ts';
import type { WeightFile } from './weightFile.ts';

export interface ReadWeightsOptions extends FindWeightsOptions {
  /**
   * What floats become: `float32`, `float16` or `bfloat16`. Unless given they stay as they are stored, but float64 becomes
   * float32, and the packed kinds of GGUF too.
   */
  readonly dtype?: 'float32' | 'float16' | 'bfloat16';
  /** Which tensors are wanted; the others are not read. Default all. */
  readonly only?: (name: string) => boolean;
}

type Format = WeightFile['format'];

/** Opens one file of weights in any of the formats. The file is closed when that fails. */
export async function openWeightFile(file: RandomAccessFile, format: Format): Promise<WeightFile> {
  try {
    if (format === 'safetensors') return await openSafetensors(file);
    return format === 'pytorch' ? await openPytorch(file) : await openGgufModel(file);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * The weights of a model, one tensor after the other, so that loading needs little more memory than the weights: see
 * `findWeights` for where they are looked for. Names are those of the
 * file, but of a .gguf Hugging Face's.
 * @throws HubError when there are none or a shard lacks what the index promises; SafetensorsError and its like for damaged
 *   files
 */
export async function* readWeights(
  repository: Repository,
  { dtype, only = () => true, ...where }: ReadWeightsOptions = {},
): AsyncGenerator<readonly [name: string, array: StoredArray], void, undefined> {
  const { format, path, shards } = await findWeights(repository, where);
  for (const [shard, names] of shards) {
    const wanted = (name: string) => (names === null || names.has(name)) && only(name);
    if (names !== null && ![...names].some(only)) continue;
    const weights = await openWeightFile(await repository.open(shard), format);
    try {
      for (const name of names ?? []) {
        if (weights.tensors.has(name)) continue;
        throw damagedFile(
          repository.name,
          shard,
          `${path} says that it has the tensor ${JSON.stringify(name)}, and it has not`,
        );
      }
      for await (const [name, array] of weights.read(wanted)) yield [name, inDType(array, dtype)];
    } finally {
      await weights.close();
    }
  }
}

const inDType = (array: StoredArray, dtype: ReadWeightsOptions['dtype']): StoredArray => {
  if (dtype === undefined || array.dtype === dtype || !isFloat(array.dtype)) return array;
  const exact = dtype === 'float32' && array.data instanceof Float32Array;
  return { dtype, shape: array.shape, data: exact ? array.data : makeArray(dtype, array.data) };
};
