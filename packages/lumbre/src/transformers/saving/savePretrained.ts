import {
  type FolderWriter,
  type Json,
  openFolderWriter,
  saveWeights,
  type TensorToSave,
  writeText,
} from '../../hub/index.ts';
import { QuantizedEmbedding, QuantizedLinear } from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { jsonText } from '../config/jsonText.ts';
import type { PreTrainedClass } from '../loading/fromPretrained.ts';
import type { CheckpointLayout } from '../loading/layout.ts';
import { transposed } from '../loading/loadWeights.ts';
import type { PreTrainedModel } from '../preTrainedModel.ts';

export interface SavePretrainedOptions {
  /** A file of weights has at most so many bytes, or one tensor: a number, or `'5GB'`, `'500MB'`. Default `'5GB'`. */
  readonly maxShardSize?: number | string;
}

/** What `savePretrained` does. */
export async function savePretrained(
  model: PreTrainedModel,
  target: string | FolderWriter,
  options: SavePretrainedOptions = {},
): Promise<void> {
  const Class = model.constructor as unknown as PreTrainedClass<PreTrainedModel>;
  for (const [path, module] of model.namedModules()) {
    if (module instanceof QuantizedLinear || module instanceof QuantizedEmbedding) {
      throw new TypeError(
        `${Class.name}: ${path} is kept in 8 bits, which Hugging Face's format does not have; save the model that it was ` +
          'made from.',
      );
    }
  }
  const folder = openFolderWriter(target);
  await saveWeights(folder, tensorsOf(model, Class.layout), options);
  await writeText(folder, 'config.json', `${jsonText(configOf(model, Class))}\n`);
  for (const [path, text] of model.moreFiles()) await writeText(folder, path, text);
}

/** The state, each tensor once, in the names and shapes of the family's checkpoints. */
function tensorsOf(
  model: PreTrainedModel,
  { transposed: turned }: CheckpointLayout,
): [string, TensorToSave][] {
  const seen = new Set<Tensor>();
  return [...model.stateDict()].flatMap(([name, value]): [string, TensorToSave][] => {
    if (seen.has(value)) return [];
    seen.add(value);
    if (!turned?.test(name)) return [[name, value]];
    const { dtype, shape } = value;
    const data = async () => transposed({ dtype, shape, data: await value.data() }).data;
    return [[name, { dtype, shape: [...shape].reverse(), data }]];
  });
}

/** `config.json`: what the configuration says, and what the model is. */
function configOf(
  model: PreTrainedModel,
  { configKind, name }: PreTrainedClass<PreTrainedModel>,
): Map<string, Json> {
  const json = configKind.toJson(model.config);
  return new Map<string, Json>([['architectures', [name]], ...json, ['torch_dtype', model.dtype]]);
}
