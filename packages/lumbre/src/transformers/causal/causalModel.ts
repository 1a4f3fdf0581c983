import { formatShape } from '../../graph/shape.ts';
import type { Repository } from '../../hub/index.ts';
import { crossEntropy, KeyValueCache, type Observer } from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { LanguageConfig } from '../config/pretrainedConfig.ts';
import {
  GENERATION_CONFIG_FILE,
  type GeneratedIds,
  type GenerateOptions,
  type GenerateOutput,
  GenerationConfig,
  generate,
  type InputIds,
  readGenerationConfig,
  releaseWindows,
} from '../generation/index.ts';
import { PreTrainedModel } from '../preTrainedModel.ts';

/**
 * What comes beside the tokens. All of it is tensors of fixed shapes, so that a decoder compiles one program for the next
 * token and one for each length of a piece of a prompt, whatever the positions.
 *
 * With caches, the tokens of a call are written into them at `cachePosition`, and see what is in the caches before those
 * places, and of themselves each its own place and those before. A prompt may come in one piece or several.
 */
export interface CausalContext {
  /**
   * `[batch, keys]`, int32 or bool: which keys are tokens (1) and which are padding (0). Without caches keys are the tokens
   * of the call; with caches they are the places of the cache, all `capacity` of them, those that are not filled yet 0 or 1
   * as you like. Leave it away where nothing is padded: what a token looks at is then read as far as the cache is filled,
   * and no further.
   *
   * What is computed for a padding token is finite and means nothing.
   */
  readonly attentionMask?: Tensor | undefined;
  /**
   * Which position each token has in its text, int32 `[time]` or `[batch, time]`; `cachePosition` unless given, or
   * 0, 1, 2, … With left padding the first token that is none has position 0; give padding any position that exists.
   */
  readonly positionIds?: Tensor | undefined;
  /**
   * Without caches: which text each token is of, int32 `[batch, time]`, where several stand behind each other in a row. A
   * token sees those of its own text only; give `positionIds` too, so that each text begins at 0.
   */
  readonly segmentIds?: Tensor | undefined;
  /** Keys and values of earlier tokens, one cache a layer, of `newCaches`; those of this call are written into them. */
  readonly caches?: readonly KeyValueCache[] | undefined;
  /**
   * With caches: the places in them that the tokens of this call go to, int32 `[time]`, one after another; or
   * `[batch, time]`, where texts are of different lengths.
   */
  readonly cachePosition?: Tensor | undefined;
  /** Logits are wanted at these tokens of the call only, int32 `[n]`: logits are then `[batch, n, vocabSize]`. */
  readonly last?: Tensor | undefined;
  /** Sees the values inside by name: `h.0.attn`. Attention then writes its weights out. */
  readonly observe?: Observer | undefined;
}

export interface CausalLossContext extends Omit<CausalContext, 'caches' | 'cachePosition' | 'last'> {
  /** int32 `[batch, time]`, not shifted; -100 where a token is not to be predicted. The input itself unless given. */
  readonly labels?: Tensor | undefined;
}

/** The label of tokens that no loss is made of. */
export const IGNORED_LABEL = -100;

/** What every causal language model's configuration has. */
export interface CausalConfig extends LanguageConfig {}

/** A model that gives, for each token, the scores of what comes next. */
export abstract class CausalModel<
  Config extends CausalConfig = CausalConfig,
> extends PreTrainedModel<Config> {
  #generationConfig: GenerationConfig | null = null;

  /** How `generate` writes unless it is told otherwise; the special tokens of `config` alone until it is set. */
  get generationConfig(): GenerationConfig {
    this.#generationConfig ??= GenerationConfig.fromModelConfig(this.config);
    return this.#generationConfig;
  }

  set generationConfig(config: GenerationConfig) {
    this.#generationConfig = config;
  }

  /**
   * Writes what follows prompts; `generation/generate.ts` says how.
   *
   * @param inputIds int32 `[batch, time]`, padded on the left; or arrays of ids
   * @returns int32 `[texts, length]` with the rows `ids[0]`, `ids[1]`, …; with `returnDictInGenerate` an object
   * @throws TypeError for an unknown option, RangeError for one that makes no sense or does not fit the model.
   */
  generate(
    inputIds: InputIds | null | undefined,
    options: GenerateOptions & { readonly returnDictInGenerate: true },
  ): Promise<GenerateOutput>;
  generate(
    inputIds?: InputIds | null,
    options?: GenerateOptions & { readonly returnDictInGenerate?: false | null | undefined },
  ): Promise<GeneratedIds>;
  generate(inputIds?: InputIds | null, options?: GenerateOptions): Promise<GeneratedIds | GenerateOutput> {
    return generate(this, inputIds, options as GenerateOptions & { readonly returnDictInGenerate: true });
  }

  /** `generation_config.json`, where there is one. */
  override async readMore(repository: Repository): Promise<void> {
    this.#generationConfig = await readGenerationConfig(repository);
  }

  override moreFiles(): ReadonlyMap<string, string> {
    const text = `${JSON.stringify(this.generationConfig, null, 2)}\n`;
    return new Map([[GENERATION_CONFIG_FILE, text]]);
  }

  override dispose(): void {
    releaseWindows(this);
    super.dispose();
  }

  /** How many positions there are at most: a text can have so many tokens. */
  abstract get maxPositions(): number;

  /**
   * @param inputIds int32 `[batch, time]`
   * @returns logits `[batch, time, vocabSize]`, float32 also where weights are kept in 16 or 8 bits
   * @throws RangeError when shapes do not fit, and, once the value is computed, for an id or position that is none.
   */
  abstract forward(inputIds: Tensor, context?: CausalContext): Tensor;

  /**
   * Caches for `batch` texts side by side, of `capacity` tokens each: one for each layer, empty. Dispose of them, or of
   * each one's `keys` and `values`. Their keys and values are `[batch, keyHeads, capacity, headSize]`, for whoever reorders
   * or copies them.
   * @throws RangeError for a capacity that is more than `maxPositions`.
   */
  newCaches(batch: number, capacity: number): KeyValueCache[] {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > this.maxPositions) {
      throw new RangeError(
        `${this.constructor.name}: caches for ${capacity} tokens, expected 1 to ${this.maxPositions}, as many as the model ` +
          'has positions.',
      );
    }
    const { layers, heads, headSize } = this.cacheSizes();
    const options = { device: this.device, dtype: this.activationDtype };
    return Array.from(
      { length: layers },
      () => new KeyValueCache([batch, heads, capacity, headSize], options),
    );
  }

  /** How many layers keep keys and values, of how many heads, how wide. */
  protected abstract cacheSizes(): {
    readonly layers: number;
    readonly heads: number;
    readonly headSize: number;
  };

  /** The bytes that caches of `newCaches` take. */
  cacheBytes(batch: number, capacity: number): number {
    const { layers, heads, headSize } = this.cacheSizes();
    return 2 * layers * batch * heads * capacity * headSize * (this.activationDtype === 'float64' ? 8 : 4);
  }

  /**
   * The mean surprise, in nats, at the tokens that follow: token t + 1 of the labels against the logits of token t.
   *
   * @param inputIds int32 `[batch, time]`
   * @returns a scalar; NaN where no token is to be predicted
   */
  loss(inputIds: Tensor, { labels = inputIds, ...context }: CausalLossContext = {}): Tensor {
    const [, time] = inputIds.shape as readonly [number, number];
    if (labels.ndim !== 2 || formatShape(labels.shape) !== formatShape(inputIds.shape) || time < 2) {
      throw new RangeError(
        `${this.constructor.name}: labels ${formatShape(labels.shape)} for ids ${formatShape(inputIds.shape)}; expected one ` +
          'for each id, and at least 2 a row. They are shifted here, not before.',
      );
    }
    const logits = this.forward(inputIds, context);
    return crossEntropy(logits.narrow(1, 0, time - 1), labels.narrow(1, 1, time - 1), {
      ignoreIndex: IGNORED_LABEL,
    });
  }
}
