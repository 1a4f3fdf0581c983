import { readSafetensors, type StoredArray, writeSafetensors } from '../hub/index.ts';
import { completeGPTConfig, GPT, type GPTConfig } from '../models/index.ts';
import type { LayerOptions } from '../nn/index.ts';
import { tensor } from '../tensor/creation.ts';
import type { GeneratorState } from '../tensor/generator.ts';
import { scope } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * A checkpoint is one safetensors file: the model's weights under their own names, the optimizer's state under
 * `optimizer.…`, and in the metadata, as JSON, all else that training needs to go on as if it had never stopped.
 */
export interface TrainingState {
  /** Steps made. */
  readonly step: number;
  readonly seconds: number;
  readonly bestValidationLoss: number | null;
  readonly lastValidationLoss: number | null;
  readonly optimizerStep: number;
  /** What draws the model's dropout. */
  readonly modelGenerator: GeneratorState;
  /** What draws the places of batches. */
  readonly dataGenerator: GeneratorState;
  /** Tells whether the tokens are those that training began with. */
  readonly dataFingerprint: string;
}

export interface Checkpoint {
  readonly model: Required<GPTConfig>;
  readonly state: TrainingState;
  readonly weights: ReadonlyMap<string, StoredArray>;
  readonly optimizer: ReadonlyMap<string, StoredArray>;
}

/** A file that is no checkpoint, or a damaged one. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly code = 'train.checkpoint';
}

const METADATA_KEY = 'lumbre';
const FORMAT = 1;
const OPTIMIZER_PREFIX = 'optimizer.';

export const toStored = async (value: Tensor): Promise<StoredArray> => ({
  dtype: value.dtype,
  shape: value.shape,
  data: await value.data(),
});

/** Stored arrays as tensors on a device. */
export const toTensors = (arrays: ReadonlyMap<string, StoredArray>, device: string): Map<string, Tensor> =>
  new Map(
    [...arrays].map(([name, { data, shape, dtype }]) => [name, tensor(data, { shape, dtype, device })]),
  );

export function encodeCheckpoint({ model, state, weights, optimizer }: Checkpoint): Uint8Array {
  const arrays = [
    ...weights,
    ...[...optimizer].map(([name, array]) => [OPTIMIZER_PREFIX + name, array] as const),
  ];
  return writeSafetensors(arrays, { [METADATA_KEY]: JSON.stringify({ format: FORMAT, model, state }) });
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isLoss = (value: unknown): value is number | null => value === null || isNumber(value);
const isGenerator = (value: unknown): value is GeneratorState => {
  const { seed, offset } = (value ?? {}) as Partial<GeneratorState>;
  return isCount(seed) && isCount(offset);
};

const stateRules: { readonly [Name in keyof TrainingState]: (value: unknown) => boolean } = {
  step: isCount,
  seconds: isNumber,
  bestValidationLoss: isLoss,
  lastValidationLoss: isLoss,
  optimizerStep: isCount,
  modelGenerator: isGenerator,
  dataGenerator: isGenerator,
  dataFingerprint: (value) => typeof value === 'string',
};

/** @throws CheckpointError when the file is damaged, is no checkpoint, or comes from a later version. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const fail = (why: string): never => {
    throw new CheckpointError(`The checkpoint cannot be read: ${why}`);
  };
  try {
    const { tensors, metadata } = readSafetensors(bytes);
    const json = metadata.get(METADATA_KEY);
    if (json === undefined) return fail('it is a safetensors file, but Lumbre did not write it.');
    const { format, model, state } = JSON.parse(json) as {
      format: unknown;
      model: GPTConfig;
      state: TrainingState;
    };
    if (format !== FORMAT)
      return fail(`it has format ${format}, and this version of Lumbre reads ${FORMAT}.`);
    for (const [name, valid] of Object.entries(stateRules)) {
      if (!valid(state[name as keyof TrainingState])) fail(`its state has no valid '${name}'.`);
    }
    const weights = new Map<string, StoredArray>();
    const optimizer = new Map<string, StoredArray>();
    for (const [name, array] of tensors) {
      if (name.startsWith(OPTIMIZER_PREFIX)) optimizer.set(name.slice(OPTIMIZER_PREFIX.length), array);
      else weights.set(name, array);
    }
    return { model: completeGPTConfig(model), state, weights, optimizer };
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    return fail((error as Error).message);
  }
}

/** The model of a checkpoint, to write with. @throws CheckpointError when the weights are not those of its sizes. */
export function modelOf(checkpoint: Checkpoint, options: LayerOptions = {}): GPT {
  const model = new GPT(checkpoint.model, options);
  try {
    scope(() => model.loadStateDict(toTensors(checkpoint.weights, model.device)));
    return model.eval();
  } catch (error) {
    model.dispose();
    throw new CheckpointError(`The checkpoint cannot be read: ${(error as Error).message}`);
  }
}
