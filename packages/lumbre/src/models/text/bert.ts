import { formatShape } from '../../graph/shape.ts';
import { type LayerOptions, Module } from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { type BertConfig, type CompleteBertConfig, completeBertConfig } from './bertConfig.ts';
import { BertEmbeddings, BertEncoder, BertPooler, initializeBert } from './bertLayers.ts';

/** What goes in beside the tokens. */
export interface BertContext {
  /** Which segment each token is of, int32 `[batch, time]`; all 0 unless given. */
  readonly tokenTypeIds?: Tensor;
  /** Which tokens may be looked at, `[batch, time]`: not 0, or true. All unless given. */
  readonly attentionMask?: Tensor;
}

/** What the encoder makes of tokens. */
export interface BertOutput {
  /** A vector for each token, `[batch, time, hiddenSize]`. */
  readonly lastHiddenState: Tensor;
  /** A vector for the whole, from the first token's, `[batch, hiddenSize]`. */
  readonly poolerOutput: Tensor;
}

/**
 * A transformer that reads in both directions (Devlin et al., BERT: Pre-training of Deep Bidirectional Transformers for
 * Language Understanding, arXiv:1810.04805): norms come after each half of a layer, as in the first transformer.
 */
export class Bert extends Module {
  readonly config: CompleteBertConfig;
  readonly embeddings: BertEmbeddings;
  readonly encoder: BertEncoder;
  readonly pooler: BertPooler;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: BertConfig, options: LayerOptions = {}) {
    super();
    this.config = completeBertConfig(config);
    this.embeddings = new BertEmbeddings(this.config, options);
    this.encoder = new BertEncoder(this.config, options);
    this.pooler = new BertPooler(this.config, options);
    initializeBert(this, this.config, options);
  }

  get device(): string {
    return this.embeddings.word_embeddings.weight.device;
  }

  /**
   * @param ids int32 `[batch, time]`
   * @throws RangeError for more tokens than `maxPositionEmbeddings`, and, once the value is computed, for an unknown id.
   */
  forward(ids: Tensor, { tokenTypeIds, attentionMask }: BertContext = {}): BertOutput {
    const { maxPositionEmbeddings } = this.config;
    if (ids.ndim !== 2 || (ids.shape[1] as number) > maxPositionEmbeddings) {
      throw new RangeError(
        `Bert: expected ids [batch, time] with at most ${maxPositionEmbeddings} tokens (maxPositionEmbeddings), got ` +
          `${formatShape(ids.shape)}.`,
      );
    }
    const mask = attentionMask?.ne(0).unsqueeze(1).unsqueeze(1);
    const lastHiddenState = this.encoder.forward(this.embeddings.forward(ids, { tokenTypeIds }), mask);
    return { lastHiddenState, poolerOutput: this.pooler.forward(lastHiddenState) };
  }
}
