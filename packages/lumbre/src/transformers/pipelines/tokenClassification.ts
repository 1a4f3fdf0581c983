import type { Encoding, Offsets } from '../../tokenizers/index.ts';
import type { TokenClassifier } from '../encoders/index.ts';
import { type AggregationStrategy, aggregate, type TokenEntity, type TokenScores } from './entities.ts';
import type { PipelineTokenizer } from './pipelineTokenizer.ts';
import { type BatchOptions, batchesOf, fillingOf, inputsOf, longestRow, valuesOf } from './rows.ts';
import { softmax } from './scores.ts';

export interface TokenClassificationOptions extends BatchOptions {
  /**
   * How tokens become entities. `none`: they do not. `simple`: neighbours with the same label are one. With `first`,
   * `average` and `max` all tokens of a word have the same label: that of its first token, that of the mean of their
   * probabilities, or that of the surest. Default `none`.
   */
  readonly aggregationStrategy?: AggregationStrategy | undefined;
  /** Labels that are not told. Default `O`, "outside". */
  readonly ignoreLabels?: readonly string[] | undefined;
  /**
   * Texts that are too long are read in windows, which share so many tokens; where entities of two windows overlap the longer
   * one counts. Unless given, what is too long is cut off. Not with `none`.
   */
  readonly stride?: number | undefined;
}

const strategies: readonly AggregationStrategy[] = ['none', 'simple', 'first', 'average', 'max'];

/** The labelled tokens, or entities, of each text. */
export async function classifyTokens(
  model: TokenClassifier,
  tokenizer: PipelineTokenizer,
  texts: readonly string[],
  { aggregationStrategy = 'none', ignoreLabels = ['O'], stride, ...options }: TokenClassificationOptions,
): Promise<TokenEntity[][]> {
  if (!strategies.includes(aggregationStrategy)) {
    throw new RangeError(
      `token-classification: aggregationStrategy must be one of ${strategies.join(', ')}, not '${String(aggregationStrategy)}'.`,
    );
  }
  const maxLength = longestRow(model, tokenizer);
  if (stride !== undefined) {
    if (aggregationStrategy === 'none') {
      throw new RangeError("token-classification: a stride needs an aggregationStrategy other than 'none'.");
    }
    if (!(Number.isInteger(stride) && stride >= 0 && stride < maxLength)) {
      throw new RangeError(
        `token-classification: stride must be a whole number from 0 to ${maxLength - 1}, not ${stride}.`,
      );
    }
  }
  const truncation = Number.isFinite(maxLength) ? { maxLength, stride: stride ?? 0 } : undefined;
  /** The windows of each text. */
  const windows = texts.map((text): Encoding[] => {
    const encoding = tokenizer.encode(text, { truncation });
    return stride === undefined ? [encoding] : [encoding, ...encoding.overflowing];
  });
  const all = windows.flat();
  const scores = await scoresOf(model, tokenizer, all, options);
  const { id2label } = model.config;
  let next = 0;
  return texts.map((text, i) => {
    const own = windows[i] as Encoding[];
    const found = own.flatMap((encoding) => {
      const tokens = tokensOf(tokenizer, text, encoding, scores[next++] as Float64Array[]);
      return aggregate(tokens, aggregationStrategy, id2label, (parts) =>
        tokenizer.tokensToString(parts),
      ).filter(({ entity, entityGroup }) => !ignoreLabels.includes((entity ?? entityGroup) as string));
    });
    return own.length > 1 ? withoutOverlaps(found) : found;
  });
}

/** Probabilities of each label, for each token of each encoding. */
async function scoresOf(
  model: TokenClassifier,
  tokenizer: PipelineTokenizer,
  encodings: readonly Encoding[],
  options: BatchOptions,
): Promise<Float64Array[][]> {
  const filling = fillingOf(model, tokenizer);
  const { numLabels } = model.config;
  const results: Float64Array[][] = encodings.map(() => []);
  for (const batch of batchesOf(encodings, options)) {
    const logits = await valuesOf(() => {
      const { ids, context } = inputsOf(batch, filling);
      return model.forward(ids, context).logits;
    });
    for (const [row, i] of batch.indices.entries()) {
      results[i] = Array.from({ length: (encodings[i] as Encoding).length }, (_, t) => {
        const start = (row * batch.time + t) * numLabels;
        return softmax(logits.subarray(start, start + numLabels));
      });
    }
  }
  return results;
}

const characters = (text: string): number => [...text].length;

/** The tokens of an encoding that are of the text, with what entities are made of. */
function tokensOf(
  tokenizer: PipelineTokenizer,
  text: string,
  encoding: Encoding,
  scores: readonly Float64Array[],
): TokenScores[] {
  return encoding.tokens.flatMap((token, index): TokenScores[] => {
    if (encoding.specialTokensMask[index] === 1) return [];
    const [start, end] = encoding.offsets[index] as Offsets;
    const original = text.slice(start, end);
    const isUnknown = encoding.ids[index] === tokenizer.unkTokenId;
    // Tokens that go on with a word have a mark, so they are longer than what they stand for. Where there are no marks,
    // what has no space before it is taken to go on.
    const goesOn = tokenizer.marksContinuation
      ? characters(token) !== characters(original)
      : start > 0 && !text.slice(start - 1, start + 1).includes(' ');
    return [
      {
        word: isUnknown ? original : token,
        scores: scores[index] as Float64Array,
        start,
        end,
        index,
        isSubword: !isUnknown && goesOn,
      },
    ];
  });
}

/** Of entities that overlap, since windows do, the longest; of equally long ones the surest. */
function withoutOverlaps(entities: readonly TokenEntity[]): TokenEntity[] {
  const kept: TokenEntity[] = [];
  let last: TokenEntity | undefined;
  for (const entity of [...entities].sort((a, b) => a.start - b.start)) {
    if (last === undefined) last = entity;
    else if (last.start <= entity.start && entity.start < last.end) {
      const longer = entity.end - entity.start - (last.end - last.start);
      if (longer > 0 || (longer === 0 && entity.score > last.score)) last = entity;
    } else {
      kept.push(last);
      last = entity;
    }
  }
  return last === undefined ? kept : [...kept, last];
}
