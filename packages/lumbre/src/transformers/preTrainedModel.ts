import { arithmeticDtype, type DType } from '../graph/dtype.ts';
import { Module } from '../nn/index.ts';
import type { PretrainedConfig } from './config/pretrainedConfig.ts';

/** A model of Hugging Face's: a module with a configuration, whose parameters have the names that checkpoints have. */
export abstract class PreTrainedModel<Config extends PretrainedConfig = PretrainedConfig> extends Module {
  readonly config: Config;

  constructor(config: Config) {
    super();
    this.config = config;
  }

  /** The parameter that says where and in what the model is: the first float that is no matrix, which no quantizing changes. */
  get #sample() {
    for (const value of this.parameters()) if (value.ndim < 2) return value;
    const [first] = this.parameters();
    if (first) return first;
    throw new Error(`${this.constructor.name}: there are no parameters.`);
  }

  get device(): string {
    return this.#sample.device;
  }

  /** What weights are kept in. */
  get dtype(): DType {
    return this.#sample.dtype;
  }

  /** What the values between layers are: float32 for weights of 16 or 8 bits, as products add up in it. */
  get activationDtype(): DType {
    return arithmeticDtype(this.dtype);
  }
}
