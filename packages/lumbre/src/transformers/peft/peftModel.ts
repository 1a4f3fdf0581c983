import type { FolderWriter, HubOptions, Repository } from '../../hub/index.ts';
import { openRepository } from '../../hub/index.ts';
import {
  isParameter,
  type LayerOptions,
  Linear,
  Module,
  parameter,
  QuantizedLinear,
} from '../../nn/index.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { CheckpointLayout } from '../loading/layout.ts';
import type { PreTrainedModel } from '../preTrainedModel.ts';
import { readAdapter, writeAdapter } from './adapterFile.ts';
import { LoraConfig, type LoraOptions } from './loraConfig.ts';
import { isAdapterName, LoraLinear } from './loraLinear.ts';
import { PeftError } from './peftError.ts';
import { letGradientsThrough } from './quantizedProduct.ts';
import { targetsIn } from './targets.ts';

/** What a model is that an adapter is put on: one with a `forward`. */
type WithForward = PreTrainedModel & { forward(...args: never[]): unknown };

export interface PeftOptions extends Pick<LayerOptions, 'generator'> {}

/** PEFT's inner module: it stands in the names, `base_model.model.…`. */
class LoraModel<Model extends PreTrainedModel> extends Module {
  readonly model: Model;

  constructor(model: Model) {
    super();
    this.model = model;
  }
}

export interface TrainableParameters {
  readonly trainable: number;
  readonly all: number;
}

/** A model with adapters in it. What it was before is frozen, but for what the configuration says. */
export class PeftModel<Model extends WithForward = WithForward> extends Module {
  readonly base_model: LoraModel<Model>;
  readonly peftConfig: LoraConfig;

  /** @param model with its adapters in place; `getPeftModel` puts them there */
  constructor(model: Model, config: LoraConfig) {
    super();
    this.base_model = new LoraModel(model);
    this.peftConfig = config;
  }

  /** The model that the adapters are in: use it as before, `peft.model.generate(…)`. */
  get model(): Model {
    return this.base_model.model;
  }

  get device(): string {
    return this.model.device;
  }

  /** As the model's own. */
  get forward(): Model['forward'] {
    const { model } = this;
    return model.forward.bind(model) as Model['forward'];
  }

  /** The layers with an adapter, by their path in the model. */
  get layers(): ReadonlyMap<string, LoraLinear> {
    return layersOf(this.model);
  }

  /** The parameters that learn, by their names in the model: what a checkpoint has to keep. */
  trainableParameters(): Map<string, Tensor> {
    return new Map([...this.model.namedParameters()].filter(([, { requiresGrad }]) => requiresGrad));
  }

  /** How many numbers learn, of how many. A model in 8 bits has most of them in buffers, which count too. */
  countParameters(): TrainableParameters {
    const parameters = this.model.parameters();
    const sum = (tensors: readonly Tensor[]) => tensors.reduce((total, { size }) => total + size, 0);
    const quantized = [...this.model.namedBuffers().values()].filter(({ dtype }) => dtype === 'int8');
    return {
      trainable: sum(parameters.filter(({ requiresGrad }) => requiresGrad)),
      all: sum(parameters) + sum(quantized),
    };
  }

  /** Tells how many numbers learn, in PEFT's words. */
  printTrainableParameters(print: (line: string) => void = console.log): void {
    const { trainable, all } = this.countParameters();
    const n = (value: number) => value.toLocaleString('en-US');
    print(
      `trainable params: ${n(trainable)} || all params: ${n(all)} || trainable%: ${((100 * trainable) / all).toFixed(4)}`,
    );
  }

  /** Runs something with the model as it was before, adapters left out. */
  async disableAdapter<T>(fn: () => T | Promise<T>): Promise<T> {
    const layers = [...this.layers.values()];
    for (const layer of layers) layer.enabled = false;
    try {
      return await fn();
    } finally {
      for (const layer of layers) layer.enabled = true;
    }
  }

  /**
   * Adds the adapters to the weights and takes them out: a model as any other, which is as fast as it was. The adapters are
   * given back, and this object is of no use afterwards.
   * @throws TypeError for weights of 8 bits
   */
  mergeAndUnload(): Model {
    const { model } = this;
    for (const layer of this.layers.values()) refuseQuantized(layer);
    replaceLayers(model, (layer) => {
      const merged = layer.merge();
      disposeAdapter(layer);
      return merged;
    });
    return model;
  }

  /** Takes the adapters out. Biases and whole modules that learned stay as they are now. */
  unload(): Model {
    replaceLayers(this.model, (layer) => {
      disposeAdapter(layer);
      return layer.base_layer;
    });
    return this.model;
  }

  /**
   * Runs something, such as `savePretrained` of the model, with the adapters added to the weights; afterwards all is bit for
   * bit as it was.
   * @throws TypeError for weights of 8 bits
   */
  async withMerged<T>(fn: (model: Model) => T | Promise<T>): Promise<T> {
    const { model } = this;
    const back = new Map<Module, LoraLinear>();
    const added: Tensor[] = [];
    for (const layer of this.layers.values()) refuseQuantized(layer);
    try {
      replaceLayers(model, (layer) => {
        const merged = new MergedLinear(layer);
        added.push(merged.weight);
        back.set(merged, layer);
        return merged;
      });
      return await fn(model);
    } finally {
      restore(model, back);
      for (const weight of added) weight.dispose();
    }
  }

  /**
   * Writes the adapters as PEFT keeps them: `adapter_config.json` and `adapter_model.safetensors`.
   * @param target a folder, which is made if it is not there; elsewhere than in Node a writer, such as `memoryFolder()`
   */
  async savePretrained(target: string | FolderWriter): Promise<void> {
    await writeAdapter(target, this.peftConfig, this.adapterTensors(), layoutOf(this.model));
  }

  /** What is kept of the adapters: tensors by their paths in the model. */
  adapterTensors(): Map<string, Tensor> {
    const { bias, modulesToSave } = this.peftConfig;
    const { model } = this;
    const layers = this.layers;
    const isSaved = savedPaths(modulesToSave);
    const tensors = new Map<string, Tensor>();
    for (const [name, value] of model.stateDict()) {
      if (!isParameter(value)) continue;
      const layer = layers.get(name.replace(/\.base_layer\.bias$/, ''));
      const learnsBias =
        name.endsWith('bias') && (bias === 'all' || (bias === 'lora_only' && layer !== undefined));
      if (isAdapterName(name) || isSaved(name) || learnsBias) tensors.set(name, value);
    }
    return tensors;
  }

  /**
   * A model with the adapters of a folder or repository, as PEFT wrote them.
   * @param isTrainable whether they shall learn on; else all is frozen
   * @throws PeftError when they do not fit the model; HubError
   */
  static async fromPretrained<Model extends WithForward>(
    model: Model,
    source: string | Repository,
    { isTrainable = false, ...options }: PeftOptions & HubOptions & { readonly isTrainable?: boolean } = {},
  ): Promise<PeftModel<Model>> {
    const repository = await openRepository(source, options);
    const config = await LoraConfig.fromPretrained(repository);
    const peft = getPeftModel(model, config, options);
    try {
      await readAdapter(repository, peft.adapterTensors(), model.stateDict(), layoutOf(model));
    } catch (error) {
      peft.unload();
      throw error;
    }
    if (!isTrainable) peft.freeze();
    peft.train(isTrainable);
    return peft;
  }
}

/** The weight with its adapter added, for as long as it is wanted; the bias is the layer's own. */
class MergedLinear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly weight: Tensor;
  readonly bias: Tensor | null;
  readonly #linear: Linear;

  constructor(layer: LoraLinear) {
    super();
    const base = layer.base_layer as Linear;
    const { inFeatures, outFeatures, weight, bias } = base;
    const sum = scope(() =>
      noGrad(() => weight.detach().to('float32').add(layer.delta()).to(weight.dtype).realize()),
    );
    this.#linear = new Linear(inFeatures, outFeatures, { bias: false, weight: parameter(sum) });
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = this.#linear.weight;
    this.bias = bias;
  }

  forward(x: Tensor): Tensor {
    const product = this.#linear.forward(x);
    return this.bias ? product.add(this.bias) : product;
  }
}

const disposeAdapter = (layer: LoraLinear): void => {
  layer.lora_A.dispose();
  layer.lora_B.dispose();
};

function refuseQuantized({ base_layer }: LoraLinear): void {
  if (!(base_layer instanceof QuantizedLinear)) return;
  throw new TypeError(
    'PeftModel: the weights are kept in 8 bits, and would lose what was learned; save the adapter, load the model in 16 or ' +
      '32 bits and merge it into that.',
  );
}

function layersOf(model: Module): Map<string, LoraLinear> {
  return new Map(
    [...model.namedModules()].filter(
      (entry): entry is [string, LoraLinear] => entry[1] instanceof LoraLinear,
    ),
  );
}

function replaceLayers(module: Module, replace: (layer: LoraLinear) => Module): void {
  module.replaceChildren((child) => {
    if (child instanceof LoraLinear) return replace(child);
    replaceLayers(child, replace);
    return child;
  });
}

function restore(module: Module, back: ReadonlyMap<Module, LoraLinear>): void {
  module.replaceChildren((child) => {
    const layer = back.get(child);
    if (layer) return layer;
    restore(child, back);
    return child;
  });
}

const layoutOf = (model: PreTrainedModel): CheckpointLayout | undefined =>
  (model.constructor as unknown as { readonly layout?: CheckpointLayout }).layout;

/** Whether a parameter is of one of the modules that learn as a whole. */
function savedPaths(modulesToSave: readonly string[] | null): (name: string) => boolean {
  const wanted = modulesToSave ?? [];
  return (name) => {
    const parts = name.split('.');
    return wanted.some((module) => {
      const path = module.split('.');
      return parts.some((_, i) => i < parts.length - 1 && path.every((part, j) => parts[i + j] === part));
    });
  };
}

/**
 * Puts adapters into a model, in place, and freezes all else: PEFT's `get_peft_model`.
 *
 *     const peft = getPeftModel(model, { r: 8, loraAlpha: 16, targetModules: ['c_attn'] });
 *     const optimizer = new AdamW([...peft.trainableParameters().values()], { lr: 1e-4 });
 *
 * Weights may be kept in 8 bits: gradients go through them. What adapters begin with, and dropout, are drawn from
 * `generator`.
 * @throws PeftError when no layer is meant, or something else than a linear layer
 */
export function getPeftModel<Model extends WithForward>(
  model: Model,
  options: LoraConfig | LoraOptions = {},
  { generator }: PeftOptions = {},
): PeftModel<Model> {
  const given = options instanceof LoraConfig ? options : new LoraConfig(options);
  if (layersOf(model).size > 0) {
    throw new PeftError('getPeftModel: the model has adapters already; merge them or take them out first.');
  }
  const layout = layoutOf(model);
  const targets = targetsIn(model, given);
  const turned = [...targets.keys()].some((path) => layout?.transposed?.test(`${path}.weight`));
  const config = given.with({
    targetModules: given.targetModules ?? [
      ...new Set([...targets.keys()].map((path) => path.replace(/^.*\./, ''))),
    ],
    fanInFanOut: turned,
    modulesToSave: savedModules(given),
  });
  const isSaved = savedPaths(config.modulesToSave);
  checkSaved(model, config.modulesToSave, isSaved);
  model.freeze();
  letGradientsThrough(model);
  const wrap = (module: Module, prefix: string): void =>
    module.replaceChildren((child, name) => {
      const path = prefix === '' ? name : `${prefix}.${name}`;
      if (!targets.has(path)) {
        wrap(child, path);
        return child;
      }
      const base = targets.get(path) as NonNullable<ReturnType<typeof targets.get>>;
      return new LoraLinear(base, {
        ...config.sizesAt(path),
        dropout: config.loraDropout,
        init: config.initLoraWeights,
        ...(generator && { generator }),
      });
    });
  wrap(model, '');
  const peft = new PeftModel(model, config);
  for (const value of peft.adapterTensors().values()) value.requiresGrad = true;
  return peft;
}

/** New heads have to learn, whether anybody thought of it or not: PEFT adds them to what is named. */
function savedModules({ taskType, modulesToSave }: LoraConfig): readonly string[] | null {
  const heads: Partial<Record<string, readonly string[]>> = {
    SEQ_CLS: ['classifier', 'score'],
    TOKEN_CLS: ['classifier', 'score'],
    QUESTION_ANS: ['qa_outputs'],
  };
  const added = taskType === null ? undefined : heads[taskType];
  return added ? [...new Set([...(modulesToSave ?? []), ...added])] : modulesToSave;
}

/** @throws PeftError when a module is not there, or shares its weights with one that does not learn */
function checkSaved(
  model: Module,
  names: readonly string[] | null,
  isSaved: (name: string) => boolean,
): void {
  if (names === null) return;
  const namesOf = new Map<Tensor, string[]>();
  for (const [name, value] of model.stateDict()) namesOf.set(value, [...(namesOf.get(value) ?? []), name]);
  const own = [...namesOf.values()].filter((all) => all.some(isSaved));
  const shared = own.find((all) => !all.every(isSaved));
  if (shared) {
    throw new PeftError(
      `getPeftModel: modulesToSave means ${shared.find(isSaved)}, whose weight is that of ${shared.find((n) => !isSaved(n))} too; name ` +
        'both, or set tieWordEmbeddings to false and load the model so.',
    );
  }
  if (own.length === 0) {
    throw new PeftError(
      `getPeftModel: the model has no module ${names.join(', ')}, which modulesToSave names.`,
    );
  }
}
