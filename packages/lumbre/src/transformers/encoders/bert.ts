import { BertEmbeddings, BertEncoder, BertPooler } from '../../models/text/bertLayers.ts';
import type { LayerOptions } from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { activation } from '../activations.ts';
import { PreTrainedModel } from '../preTrainedModel.ts';
import { type BertConfig, type BertOptions, bertConfig, layersConfig } from './encoderConfig.ts';
import { checkInputs, encoderLayout, initializeEncoder, keyMask, Watch } from './encoderModel.ts';
import type { BaseModelOutputWithPooling, EncoderContext } from './outputs.ts';

export interface EncoderOptions extends LayerOptions {
  /** Whether there is a vector for the whole: heads on single tokens have none. Default true. */
  readonly addPoolingLayer?: boolean;
}

/** How checkpoints of BERT differ. */
export const bertLayout = encoderLayout('bert');

/**
 * BERT's encoder without a head: vectors for tokens, that have seen those on both sides (Devlin et al., BERT: Pre-training of
 * Deep Bidirectional Transformers for Language Understanding, arXiv:1810.04805).
 */
export class BertModel extends PreTrainedModel<BertConfig> {
  static readonly configKind = bertConfig;
  static readonly layout = bertLayout;
  readonly embeddings: BertEmbeddings;
  readonly encoder: BertEncoder;
  readonly pooler?: BertPooler;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: BertOptions = {}, { addPoolingLayer = true, ...options }: EncoderOptions = {}) {
    super(bertConfig.complete(config));
    const layers = layersConfig(this.config, this.config.padTokenId ?? 0);
    this.embeddings = new BertEmbeddings(layers, options);
    this.encoder = new BertEncoder(layers, { ...options, activation: activation(this.config.hiddenAct) });
    if (addPoolingLayer) this.pooler = new BertPooler(layers, options);
    initializeEncoder(this, this.config, options);
  }

  /**
   * @param ids int32 `[batch, time]`
   * @throws RangeError for more tokens than `maxPositionEmbeddings`, and, once the value is computed, for an unknown id.
   */
  forward(ids: Tensor, context: EncoderContext = {}): BaseModelOutputWithPooling {
    checkInputs('BertModel', ids, context, this.config.maxPositionEmbeddings);
    const watch = new Watch(context);
    const lastHiddenState = this.encoder.forward(
      this.embeddings.forward(ids, context),
      keyMask(context.attentionMask),
      watch.observer,
    );
    const poolerOutput = this.pooler?.forward(lastHiddenState);
    return { lastHiddenState, ...(poolerOutput ? { poolerOutput } : {}), ...watch.seen };
  }
}
