import { arithmeticDtype, type DType } from '../graph/dtype.ts';
import type { FolderWriter, Repository } from '../hub/index.ts';
import { type LayerOptions, Module } from '../nn/index.ts';
import type { PretrainedConfig } from './config/pretrainedConfig.ts';
import {
  type FromPretrainedOptions,
  loadPretrained,
  makeFromConfig,
  type PreTrainedClass,
} from './loading/fromPretrained.ts';
import { type SavePretrainedOptions, savePretrained } from './saving/savePretrained.ts';

/** A model of Hugging Face's: a module with a configuration, whose parameters have the names that checkpoints have. */
export abstract class PreTrainedModel<Config extends PretrainedConfig = PretrainedConfig> extends Module {
  readonly config: Config;

  constructor(config: Config) {
    super();
    this.config = config;
  }

  /** The parameter that says where and in what the model is: the first that is no matrix, which no quantizing changes. */
  get #sample() {
    for (const value of this.parameters()) if (value.ndim < 2) return value;
    const [first] = this.parameters();
    if (first) return first;
    throw new Error(`${this.constructor.name}: there are no parameters.`);
  }

  get device(): string {
    return this.#sample.device;
  }

  /** What weights are kept in; of a model in 8 bits, what the others are. */
  get dtype(): DType {
    return this.#sample.dtype;
  }

  /** What the values between layers are: float32 for weights of 16 or 8 bits, as products add up in it. */
  get activationDtype(): DType {
    return arithmeticDtype(this.dtype);
  }

  /** Reads what a repository has for the model beside its configuration and weights; `loadPretrained` calls it at last. */
  async readMore(_repository: Repository): Promise<void> {}

  /** What is written beside the configuration and weights: text by file name. */
  moreFiles(): ReadonlyMap<string, string> {
    return new Map();
  }

  /**
   * A model with the weights of a checkpoint, in evaluation mode.
   *
   *     const model = await GPT2LMHeadModel.fromPretrained('gpt2', { dtype: 'float16' });
   *
   * Tensors come one by one, so that loading takes little more memory than the weights. Checkpoints of models with a head fit
   * those without, and the other way round: a head that the checkpoint does not have starts as a new one, with a warning.
   *
   * @param source a model's name on the hub, a folder or an address (see `openRepository`), or a repository
   * @throws HubError when there is no such model, or a file is damaged; RangeError when its configuration is wrong;
   *   CheckpointError when weights do not fit, or some are missing that no head is made of
   */
  static async fromPretrained<Model extends PreTrainedModel>(
    this: PreTrainedClass<Model>,
    source: string | Repository,
    options: FromPretrainedOptions = {},
  ): Promise<Model> {
    // biome-ignore lint/complexity/noThisInStatic: it is the class that was asked
    return await loadPretrained(this, source, options);
  }

  /**
   * Writes the model as Hugging Face's libraries have them: `config.json`, and `model.safetensors` or shards of it. Weights
   * stay in the dtype that they are in, and tied ones are written once. Each file is written under a temporary name first.
   *
   * @param target a folder, which is made if it is not there; elsewhere than in Node a writer, such as `memoryFolder()`
   * @throws TypeError for a model in 8 bits; Error of the file system
   */
  async savePretrained(target: string | FolderWriter, options: SavePretrainedOptions = {}): Promise<void> {
    await savePretrained(this, target, options);
  }

  /**
   * A new model with first weights, in training mode.
   * @throws RangeError for a configuration that makes no sense, or needs more memory than there is.
   */
  static fromConfig<Model extends PreTrainedModel, Settings>(
    this: PreTrainedClass<Model, Settings>,
    config: Settings,
    options: LayerOptions = {},
  ): Model {
    // biome-ignore lint/complexity/noThisInStatic: it is the class that was asked
    return makeFromConfig(this, config, options);
  }
}
