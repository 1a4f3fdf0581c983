import type { Tensor } from '../../tensor/tensor.ts';
import { PreTrainedModel } from '../preTrainedModel.ts';
import type { EncoderConfig } from './encoderConfig.ts';
import { sequenceLoss, spanLoss, tokenLoss } from './losses.ts';
import type {
  EncoderContext,
  LogitsOutput,
  MaskedContext,
  QuestionAnsweringOutput,
  Seen,
  SequenceContext,
  SpanContext,
  TokenContext,
  WithLoss,
} from './outputs.ts';

/** What heads do, whatever encoder they stand on: families say how scores come about, losses are here. */

/** What a head makes of an encoder's vectors. */
export interface Scores {
  readonly logits: Tensor;
  readonly seen: Seen;
}

type Given<Context, Name extends keyof Context> = Context & { readonly [Key in Name]-?: Tensor };

/** Predicts tokens from those on both sides (the "cloze" task). */
export abstract class MaskedLanguageModel<
  Config extends EncoderConfig = EncoderConfig,
> extends PreTrainedModel<Config> {
  /** `[batch, time, vocabSize]`, or of some `positions` `[count, vocabSize]`. */
  protected abstract scores(ids: Tensor, context: MaskedContext): Scores;

  /** @param ids int32 `[batch, time]` */
  forward(ids: Tensor, context: Given<MaskedContext, 'labels'>): WithLoss<LogitsOutput>;
  forward(ids: Tensor, context?: MaskedContext): LogitsOutput;
  forward(ids: Tensor, context: MaskedContext = {}): LogitsOutput {
    const { logits, seen } = this.scores(ids, context);
    const { labels } = context;
    return { ...(labels ? { loss: tokenLoss(logits, labels) } : {}), logits, ...seen };
  }
}

/** Puts whole texts into classes, or gives them numbers. */
export abstract class SequenceClassifier<
  Config extends EncoderConfig = EncoderConfig,
> extends PreTrainedModel<Config> {
  /** `[batch, numLabels]` */
  protected abstract scores(ids: Tensor, context: EncoderContext): Scores;

  /** @param ids int32 `[batch, time]` */
  forward(ids: Tensor, context: Given<SequenceContext, 'labels'>): WithLoss<LogitsOutput>;
  forward(ids: Tensor, context?: SequenceContext): LogitsOutput;
  forward(ids: Tensor, context: SequenceContext = {}): LogitsOutput {
    const { logits, seen } = this.scores(ids, context);
    const { labels } = context;
    const loss = labels && sequenceLoss(logits, labels, this.config.problemType);
    return { ...(loss ? { loss } : {}), logits, ...seen };
  }
}

/** Puts each token into a class. */
export abstract class TokenClassifier<
  Config extends EncoderConfig = EncoderConfig,
> extends PreTrainedModel<Config> {
  /** `[batch, time, numLabels]` */
  protected abstract scores(ids: Tensor, context: EncoderContext): Scores;

  /** @param ids int32 `[batch, time]` */
  forward(ids: Tensor, context: Given<TokenContext, 'labels'>): WithLoss<LogitsOutput>;
  forward(ids: Tensor, context?: TokenContext): LogitsOutput;
  forward(ids: Tensor, context: TokenContext = {}): LogitsOutput {
    const { logits, seen } = this.scores(ids, context);
    const { labels } = context;
    return { ...(labels ? { loss: tokenLoss(logits, labels) } : {}), logits, ...seen };
  }
}

/** Finds where in a text the answer stands: how well it could start, and end, at each token. */
export abstract class QuestionAnswerer<
  Config extends EncoderConfig = EncoderConfig,
> extends PreTrainedModel<Config> {
  /** `[batch, time, 2]` */
  protected abstract scores(ids: Tensor, context: EncoderContext): Scores;

  /** @param ids int32 `[batch, time]` */
  forward(
    ids: Tensor,
    context: Given<SpanContext, 'startPositions' | 'endPositions'>,
  ): WithLoss<QuestionAnsweringOutput>;
  forward(ids: Tensor, context?: SpanContext): QuestionAnsweringOutput;
  forward(ids: Tensor, context: SpanContext = {}): QuestionAnsweringOutput {
    const { logits, seen } = this.scores(ids, context);
    const [startLogits, endLogits] = logits.unbind(-1) as [Tensor, Tensor];
    const { startPositions, endPositions } = context;
    const loss =
      startPositions && endPositions && spanLoss(startLogits, endLogits, startPositions, endPositions);
    return { ...(loss ? { loss } : {}), startLogits, endLogits, ...seen };
  }
}

/** Vectors `[batch, time, width]` of some tokens, counted through all rows, `[count, width]`; of all unless said. */
export const chosen = (hidden: Tensor, positions: Tensor | undefined): Tensor =>
  positions ? hidden.reshape(-1, hidden.shape.at(-1) as number).indexSelect(0, positions) : hidden;
