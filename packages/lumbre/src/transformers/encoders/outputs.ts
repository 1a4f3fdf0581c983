import type { Tensor } from '../../tensor/tensor.ts';

/** What encoders take and give. Names are those of transformers' outputs, in camelCase. */

/** What goes in beside the tokens. */
export interface EncoderContext {
  /** Which tokens may be looked at, `[batch, time]`: not 0, or true. All unless given. */
  readonly attentionMask?: Tensor | undefined;
  /** Which segment each token is of, int32 `[batch, time]`; all 0 unless given. DistilBERT has none. */
  readonly tokenTypeIds?: Tensor | undefined;
  /** The places of the tokens, int32 `[time]` or `[batch, time]`; from the tokens unless given. */
  readonly positionIds?: Tensor | undefined;
  /** Whether `hiddenStates` is wanted. */
  readonly outputHiddenStates?: boolean | undefined;
  /** Whether `attentions` is wanted. */
  readonly outputAttentions?: boolean | undefined;
}

/** What was seen on the way, where it was asked for. */
export interface Seen {
  /** What went into the first layer, and what came out of each, `[batch, time, hiddenSize]`. */
  readonly hiddenStates?: readonly Tensor[];
  /** How much each query looks at each key, one `[batch, heads, time, time]` a layer. */
  readonly attentions?: readonly Tensor[];
}

export interface BaseModelOutput extends Seen {
  /** A vector for each token, `[batch, time, hiddenSize]`. */
  readonly lastHiddenState: Tensor;
}

export interface BaseModelOutputWithPooling extends BaseModelOutput {
  /** A vector for the whole, from the first token's, `[batch, hiddenSize]`; absent from models without a pooler. */
  readonly poolerOutput?: Tensor;
}

/** What heads give. */
export interface LogitsOutput extends Seen {
  /**
   * Scores before the softmax: `[batch, time, vocabSize]` of a masked language model, `[batch, numLabels]` of a classifier of
   * texts, `[batch, time, numLabels]` of a classifier of tokens.
   */
  readonly logits: Tensor;
  /** Where labels were given. */
  readonly loss?: Tensor;
}

export interface QuestionAnsweringOutput extends Seen {
  /** How well the answer starts at each token, `[batch, time]`. */
  readonly startLogits: Tensor;
  /** How well it ends at each token, itself included, `[batch, time]`. */
  readonly endLogits: Tensor;
  /** Where positions were given. */
  readonly loss?: Tensor;
}

/** An output whose loss is there, since labels were given. */
export type WithLoss<Output> = Output & { readonly loss: Tensor };

export interface MaskedContext extends EncoderContext {
  /** To predict only some tokens: which, counted through all rows, int32 `[count]`. Scores are then `[count, vocabSize]`. */
  readonly positions?: Tensor | undefined;
  /** The right tokens, int32 `[batch, time]` (or `[count]` with `positions`); -100 where nothing is to be predicted. */
  readonly labels?: Tensor | undefined;
}

export interface SequenceContext extends EncoderContext {
  /**
   * int32 `[batch]` for one label of several; floats `[batch, numLabels]` for several at once, each 0 or 1; floats `[batch]`,
   * or `[batch, numLabels]`, for a regression. What `config.problemType` says counts; without it, what the labels look like.
   */
  readonly labels?: Tensor | undefined;
}

export interface TokenContext extends EncoderContext {
  /** int32 `[batch, time]`; -100 for tokens that do not count. */
  readonly labels?: Tensor | undefined;
}

export interface SpanContext extends EncoderContext {
  /** The token that the answer starts with, int32 `[batch]`; what lies outside of the text does not count. */
  readonly startPositions?: Tensor | undefined;
  /** The token that it ends with, int32 `[batch]`. */
  readonly endPositions?: Tensor | undefined;
}
