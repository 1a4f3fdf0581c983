import { formatShape, sameShape } from '../../graph/shape.ts';
import {
  type FolderWriter,
  openFolderWriter,
  type Repository,
  readWeights,
  type StoredArray,
  saveWeights,
  type TensorToSave,
} from '../../hub/index.ts';
import { tensor } from '../../tensor/creation.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { CheckpointLayout } from '../loading/layout.ts';
import { listed, transposed } from '../loading/loadWeights.ts';
import { ADAPTER_CONFIG_FILE, type LoraConfig } from './loraConfig.ts';
import { PeftError } from './peftError.ts';

/** Adapters as PEFT keeps them: every name begins with the modules that PEFT puts around a model. */

export const ADAPTER_FILE = 'adapter_model.safetensors';
const PREFIX = 'base_model.model.';

/** Weights of whole modules are turned in the files of some families; those of adapters are not. */
const isTurned = (name: string, layout: CheckpointLayout | undefined): boolean =>
  layout?.transposed?.test(name.replace('.base_layer.', '.')) ?? false;

export async function writeAdapter(
  target: string | FolderWriter,
  config: LoraConfig,
  tensors: ReadonlyMap<string, Tensor>,
  layout: CheckpointLayout | undefined,
): Promise<void> {
  const folder = openFolderWriter(target);
  const weights = [...tensors].map(([name, value]): [string, TensorToSave] => {
    if (!isTurned(name, layout)) return [PREFIX + name, value];
    const { dtype, shape } = value;
    const data = async () => transposed({ dtype, shape, data: await value.data() }).data;
    return [PREFIX + name, { dtype, shape: [...shape].reverse(), data }];
  });
  await saveWeights(folder, weights, { name: 'adapter_model', maxShardSize: Number.MAX_SAFE_INTEGER });
  await folder.write(ADAPTER_CONFIG_FILE, [new TextEncoder().encode(config.toFileText())]);
}

/** A name in a file as it is in the model: without what PEFT puts around, in its older versions too. */
function nameInModel(fileName: string): string {
  const name = fileName.startsWith(PREFIX) ? fileName.slice(PREFIX.length) : fileName;
  return name.replace(/\.default\.weight$/, '.weight').replace(/\.modules_to_save\.(default\.)?/, '.');
}

/**
 * Reads the tensors of an adapter into a model that has its places.
 * @param wanted what must be there, by its path in the model
 * @param others what may be there too: embeddings that PEFT wrote along
 * @throws PeftError that lists what is missing, unknown, or of another shape
 */
export async function readAdapter(
  repository: Repository,
  wanted: ReadonlyMap<string, Tensor>,
  others: ReadonlyMap<string, Tensor>,
  layout: CheckpointLayout | undefined,
): Promise<void> {
  const file = (await repository.has(ADAPTER_FILE)) ? ADAPTER_FILE : 'adapter_model.bin';
  const missing = new Set(wanted.keys());
  const problems: string[] = [];
  const values = new Map<Tensor, StoredArray>();
  for await (const [fileName, stored] of readWeights(repository, { file, dtype: 'float32' })) {
    const plain = nameInModel(fileName);
    // Older versions have the bias of a layer with an adapter under the layer's own name.
    const name = [plain, plain.replace(/\.bias$/, '.base_layer.bias')].find(
      (n) => wanted.has(n) || others.has(n),
    );
    const place = name === undefined ? undefined : (wanted.get(name) ?? others.get(name));
    if (name === undefined || !place) {
      problems.push(`no place for ${fileName}`);
      continue;
    }
    const array = isTurned(name, layout) ? transposed(stored) : stored;
    if (!sameShape(array.shape, place.shape)) {
      problems.push(`${fileName} is ${formatShape(array.shape)}, expected ${formatShape(place.shape)}`);
      continue;
    }
    missing.delete(name);
    values.set(place, array);
  }
  if (missing.size > 0) problems.push(`missing: ${listed([...missing])}`);
  if (problems.length > 0) {
    throw new PeftError(
      `PeftModel: the adapter of ${repository.name} does not fit the model: ${problems.slice(0, 20).join('; ')}. It was made for ` +
        'another model, or with another configuration than its own.',
    );
  }
  scope(() =>
    noGrad(() => {
      for (const [place, { data, shape }] of values) {
        place.assign(tensor(data, { shape, dtype: place.dtype, device: place.device }).realize());
      }
    }),
  );
}
