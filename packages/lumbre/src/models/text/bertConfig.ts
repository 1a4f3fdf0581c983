import { checkIntegers, checkNumbers } from '../images/checkConfig.ts';

/** The sizes of a BERT; names as in Hugging Face's `config.json`, in camelCase. */
export interface BertConfig {
  readonly vocabSize: number;
  /** The width. */
  readonly hiddenSize: number;
  readonly numHiddenLayers: number;
  /** It divides the width. */
  readonly numAttentionHeads: number;
  /** The width inside the layers' second half. Default 4 · hiddenSize. */
  readonly intermediateSize?: number;
  /** Default 0.1. */
  readonly hiddenDropoutProb?: number;
  /** Default 0.1. */
  readonly attentionProbsDropoutProb?: number;
  /** How many tokens it can see. Default 512. */
  readonly maxPositionEmbeddings?: number;
  /** How many kinds of segments there are. Default 2. */
  readonly typeVocabSize?: number;
  /** The standard deviation of the first weights. Default 0.02. */
  readonly initializerRange?: number;
  /** Default 1e-12. */
  readonly layerNormEps?: number;
  /** The token that fills up rows. Default 0. */
  readonly padTokenId?: number;
}

export type CompleteBertConfig = Required<BertConfig>;

/** The published sizes (Devlin et al.), with the vocabulary of `bert-base-uncased`. */
export const bertSizes = {
  'bert-base': { vocabSize: 30_522, hiddenSize: 768, numHiddenLayers: 12, numAttentionHeads: 12 },
  'bert-large': { vocabSize: 30_522, hiddenSize: 1024, numHiddenLayers: 24, numAttentionHeads: 16 },
} as const satisfies Readonly<Record<string, BertConfig>>;

/**
 * Fills in the defaults.
 * @throws RangeError that names the setting that is wrong.
 */
export function completeBertConfig(config: BertConfig): CompleteBertConfig {
  const complete = {
    intermediateSize: 4 * config.hiddenSize,
    hiddenDropoutProb: 0.1,
    attentionProbsDropoutProb: 0.1,
    maxPositionEmbeddings: 512,
    typeVocabSize: 2,
    initializerRange: 0.02,
    layerNormEps: 1e-12,
    padTokenId: 0,
    ...config,
  };
  checkIntegers('BERT', complete, [
    'vocabSize',
    'hiddenSize',
    'numHiddenLayers',
    'numAttentionHeads',
    'intermediateSize',
    'maxPositionEmbeddings',
    'typeVocabSize',
  ]);
  checkIntegers('BERT', complete, ['padTokenId'], 0);
  checkNumbers('BERT', complete, ['hiddenDropoutProb', 'attentionProbsDropoutProb'], 0, 1);
  checkNumbers('BERT', complete, ['initializerRange', 'layerNormEps']);
  if (complete.hiddenSize % complete.numAttentionHeads !== 0) {
    throw new RangeError(
      `BERT: hiddenSize ${complete.hiddenSize} does not divide into ${complete.numAttentionHeads} equal heads; choose a ` +
        'multiple of numAttentionHeads.',
    );
  }
  return complete;
}
