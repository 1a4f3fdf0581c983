import { warn } from '#platform';
import { bytesPerElement } from '../../graph/dtype.ts';
import { type HubOptions, openRepository, type Repository } from '../../hub/index.ts';
import { type LayerOptions, Module } from '../../nn/index.ts';
import { defaultDevice, openMetaDevice, withMetaDevice } from '../../runtime/devices.ts';
import type { ConfigKind } from '../config/pretrainedConfig.ts';
import { readConfig } from '../config/readConfig.ts';
import type { PreTrainedModel } from '../preTrainedModel.ts';
import { fillMissing } from './fillMissing.ts';
import type { CheckpointLayout } from './layout.ts';
import {
  CheckpointError,
  type LoadingReport,
  type LoadWeightsOptions,
  listed,
  loadWeights,
  type WeightDType,
} from './loadWeights.ts';
import { checkMemory } from './memory.ts';

/** What a class of models says of itself, and how it is made. */
export interface PreTrainedClass<Model extends PreTrainedModel, Settings = Model['config']> {
  new (config: Settings, options?: LayerOptions): Model;
  readonly name: string;
  readonly configKind: ConfigKind<Model['config']>;
  readonly layout: CheckpointLayout;
}

export interface FromPretrainedOptions
  extends HubOptions,
    Pick<LoadWeightsOptions, 'file' | 'variant'>,
    Pick<LayerOptions, 'generator'> {
  /**
   * What weights are kept in. Default `float32`. `float16` and `bfloat16` take half of the memory, `int8` a quarter: linear
   * layers and embeddings have whole numbers and a scale for each row, and cannot be trained. Values between layers are
   * float32 in all of them.
   */
  readonly dtype?: WeightDType;
  /** The name of a device; the default device unless given. */
  readonly device?: string;
  /** Settings instead of those of `config.json`: what `dropout` is, say. Sizes must be those of the weights. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Told what of the checkpoint and the model did not fit each other, instead of a warning. */
  readonly report?: (report: LoadingReport) => void;
}

/** What `fromPretrained` does. */
export async function loadPretrained<Model extends PreTrainedModel>(
  Class: PreTrainedClass<Model>,
  source: string | Repository,
  options: FromPretrainedOptions,
): Promise<Model> {
  const { dtype = 'float32', device = defaultDevice(), report, generator, config: settings } = options;
  const repository = await openRepository(source, options);
  const config = await readConfig(repository, Class.configKind, { settings, file: options.file });
  const kept = dtype === 'int8' ? 'float32' : dtype;
  return await withMetaDevice(async (meta) => {
    const model = new Class(config, { device: meta.name, dtype: kept });
    try {
      checkMemory(Class.name, model, device, dtype === 'int8' ? 1 : bytesPerElement(kept));
      const where = { file: options.file, variant: options.variant, dtype, device };
      const { places, missing, unexpected } = await loadWeights(model, repository, Class.layout, where);
      const body = missing.filter((name) => isBody(model, Class.layout, name));
      if (body.length > 0) {
        throw new CheckpointError(
          `${Class.name}: ${repository.name} lacks ${body.length} weights of the model: ${listed(body)}.`,
        );
      }
      const std = (config as { initializerRange?: number }).initializerRange;
      fillMissing(places, { std, device, dtype: kept, generator });
      await model.readMore(repository);
      if (report) report({ missing, unexpected });
      else complain(Class.name, repository.name, { missing, unexpected });
    } catch (error) {
      model.dispose();
      throw error;
    }
    model.eval();
    return model;
  });
}

/** What `fromConfig` does. */
export function makeFromConfig<Model extends PreTrainedModel, Settings>(
  Class: PreTrainedClass<Model, Settings>,
  config: Settings,
  options: LayerOptions,
): Model {
  const { device = defaultDevice(), dtype = 'float32' } = options;
  const { device: meta, close } = openMetaDevice();
  try {
    const shapes = new Class(config, { device: meta.name, dtype });
    checkMemory(Class.name, shapes, device, bytesPerElement(dtype));
    shapes.dispose();
  } finally {
    close();
  }
  return new Class(config, options);
}

/** Whether a parameter is part of what every model of the family has, and not of a head. */
function isBody(model: Module, { baseModelPrefix, optional }: CheckpointLayout, name: string): boolean {
  const hasHead = (model as unknown as Record<string, unknown>)[baseModelPrefix] instanceof Module;
  const prefix = `${baseModelPrefix}.`;
  if (hasHead && !name.startsWith(prefix)) return false;
  return !optional?.test(hasHead ? name.slice(prefix.length) : name);
}

function complain(model: string, repository: string, { missing, unexpected }: LoadingReport): void {
  if (missing.length > 0) {
    warn(
      `${model}: ${repository} has no weights for ${listed(missing)}; they start as new ones. Train the model before you use it.`,
    );
  }
  if (unexpected.length > 0) {
    warn(`${model}: there is no place for ${listed(unexpected)} of ${repository}; they were left out.`);
  }
}
