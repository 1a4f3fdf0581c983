import type { SequenceClassifier } from '../encoders/index.ts';
import type { PipelineTokenizer } from './pipelineTokenizer.ts';
import { type BatchOptions, batchesOf, fillingOf, inputsOf, longestRow, valuesOf } from './rows.ts';
import { checkTopK, sigmoid, softmax } from './scores.ts';

export interface Classification {
  readonly label: string;
  readonly score: number;
}

/** Two texts to be looked at together: whether one follows from the other, say. */
export interface TextPair {
  readonly text: string;
  readonly textPair: string;
}

/** What is made of a classifier's scores. */
export type ScoreFunction = 'sigmoid' | 'softmax' | 'none';

export interface TextClassificationOptions extends BatchOptions {
  /** How many labels are told, best first; null for all. Only the best unless given. */
  readonly topK?: number | null | undefined;
  /**
   * Default, as in transformers: `none` for a regression, `sigmoid` where several labels may hold at once or there is a single
   * one, else `softmax`.
   */
  readonly functionToApply?: ScoreFunction | 'default' | undefined;
  /** Whether longer texts are cut to what the model reads; else they are an error. Default false. */
  readonly truncation?: boolean | undefined;
}

function functionFor({ config }: SequenceClassifier): ScoreFunction {
  if (config.problemType === 'regression') return 'none';
  return config.problemType === 'multi_label_classification' || config.numLabels === 1
    ? 'sigmoid'
    : 'softmax';
}

/** All labels of each text, best first. */
export async function classifyTexts(
  model: SequenceClassifier,
  tokenizer: PipelineTokenizer,
  texts: readonly (string | TextPair)[],
  { topK, functionToApply = 'default', truncation = false, ...options }: TextClassificationOptions,
): Promise<Classification[][]> {
  if (typeof topK === 'number') checkTopK(topK);
  const apply = functionToApply === 'default' ? functionFor(model) : functionToApply;
  if (!['sigmoid', 'softmax', 'none'].includes(apply)) {
    throw new RangeError(
      `text-classification: functionToApply must be 'sigmoid', 'softmax', 'none' or 'default', not '${String(apply)}'.`,
    );
  }
  const longest = longestRow(model, tokenizer);
  const cut = truncation && Number.isFinite(longest) ? { truncation: { maxLength: longest } } : {};
  const encodings = texts.map((text) =>
    typeof text === 'string'
      ? tokenizer.encode(text, cut)
      : tokenizer.encode(text.text, { ...cut, pair: text.textPair }),
  );
  const filling = fillingOf(model, tokenizer);
  const { id2label } = model.config;
  const results: Classification[][] = texts.map(() => []);
  for (const batch of batchesOf(encodings, options)) {
    const logits = await valuesOf(() => {
      const { ids, context } = inputsOf(batch, filling);
      return model.forward(ids, context).logits;
    });
    for (const [row, i] of batch.indices.entries()) {
      const own = Float64Array.from(logits.subarray(row * id2label.length, (row + 1) * id2label.length));
      const scores = apply === 'softmax' ? softmax(own) : apply === 'sigmoid' ? own.map(sigmoid) : own;
      results[i] = id2label
        .map((label, id) => ({ label, score: scores[id] as number }))
        .sort((a, b) => b.score - a.score);
    }
  }
  return typeof topK === 'number' ? results.map((found) => found.slice(0, topK)) : results;
}
