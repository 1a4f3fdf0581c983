import { BertEmbeddings, BertEncoder, BertPooler } from '../../models/text/bertLayers.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { activation } from '../activations.ts';
import { PreTrainedModel } from '../preTrainedModel.ts';
import type { EncoderOptions } from './bert.ts';
import { layersConfig, type RobertaConfig, type RobertaOptions, robertaConfig } from './encoderConfig.ts';
import { checkInputs, encoderLayout, initializeEncoder, keyMask, Watch } from './encoderModel.ts';
import type { BaseModelOutputWithPooling, EncoderContext } from './outputs.ts';

/** How checkpoints of RoBERTa differ. */
export const robertaLayout = encoderLayout('roberta');

/**
 * The places of tokens as fairseq counts them: from `padding` + 1 up, padding left out and at `padding` itself.
 * @param ids int32 `[batch, time]`
 */
export function robertaPositions(ids: Tensor, padding: number): Tensor {
  const isToken = ids.ne(padding).int();
  return isToken.cumsum(1).mul(isToken).add(padding).int();
}

/**
 * RoBERTa's encoder without a head: BERT, trained longer and on more (Liu et al., arXiv:1907.11692), whose places are counted
 * from the token behind the padding's. XLM-RoBERTa (Conneau et al., arXiv:1911.02116) and CamemBERT are the same, with other
 * vocabularies.
 */
export class RobertaModel extends PreTrainedModel<RobertaConfig> {
  static readonly configKind = robertaConfig;
  static readonly layout = robertaLayout;
  readonly embeddings: BertEmbeddings;
  readonly encoder: BertEncoder;
  readonly pooler?: BertPooler;
  readonly #padding: number;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RobertaOptions = {}, { addPoolingLayer = true, ...options }: EncoderOptions = {}) {
    super(robertaConfig.complete(config));
    this.#padding = this.config.padTokenId ?? 1;
    const layers = layersConfig(this.config, this.#padding);
    this.embeddings = new BertEmbeddings(layers, { ...options, positionPadding: this.#padding });
    this.encoder = new BertEncoder(layers, { ...options, activation: activation(this.config.hiddenAct) });
    if (addPoolingLayer) this.pooler = new BertPooler(layers, options);
    initializeEncoder(this, this.config, options);
  }

  /**
   * @param ids int32 `[batch, time]`
   * @throws RangeError for more tokens than there are places, and, once the value is computed, for an unknown id.
   */
  forward(ids: Tensor, context: EncoderContext = {}): BaseModelOutputWithPooling {
    const most = this.config.maxPositionEmbeddings - this.#padding - 1;
    checkInputs('RobertaModel', ids, context, most);
    const { tokenTypeIds, positionIds = robertaPositions(ids, this.#padding) } = context;
    const watch = new Watch(context);
    const lastHiddenState = this.encoder.forward(
      this.embeddings.forward(ids, { tokenTypeIds, positionIds }),
      keyMask(context.attentionMask),
      watch.observer,
    );
    const poolerOutput = this.pooler?.forward(lastHiddenState);
    return { lastHiddenState, ...(poolerOutput ? { poolerOutput } : {}), ...watch.seen };
  }
}
