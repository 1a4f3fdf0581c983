import { crossEntropy } from '../../nn/index.ts';
import { tensor } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { PreTrainedTokenizer } from '../../tokenizers/index.ts';
import type { SequenceClassifier } from '../encoders/index.ts';
import { FinetuneError } from './finetuneError.ts';
import { type FinetuneBatch, type Objective, paddedLength, rowsTensor } from './finetuneTask.ts';
import type { Split } from './order.ts';
import type { TextRecord } from './records.ts';

/** A text as tokens, with the number of its class. */
export interface LabelledText {
  readonly ids: readonly number[];
  readonly label: number;
}

/** The classes of records, in the order of the alphabet, or of numbers. @throws FinetuneError when there is one only */
export function labelsOf(records: readonly TextRecord[]): string[] {
  const labels = [...new Set(records.map((record) => (record.kind === 'label' ? record.label : '')))];
  if (records.some(({ kind }) => kind !== 'label') || labels.length < 2) {
    throw new FinetuneError(
      `A classifier learns from texts with labels of two classes at least; there ${labels.length === 1 ? 'is one' : 'are none'}.`,
    );
  }
  const numbers = labels.every((label) => /^-?\d+$/.test(label));
  return labels.sort((a, b) => (numbers ? Number(a) - Number(b) : a < b ? -1 : 1));
}

/** @throws FinetuneError for a label that is none of `labels` */
export function labelledTexts(
  tokenizer: PreTrainedTokenizer,
  records: readonly TextRecord[],
  labels: readonly string[],
  maxLength: number,
): LabelledText[] {
  return records.map((record, i) => {
    const label = record.kind === 'label' ? labels.indexOf(record.label) : -1;
    if (record.kind !== 'label' || label < 0) {
      throw new FinetuneError(`Record ${i + 1}: expected a label, one of ${labels.slice(0, 20).join(', ')}.`);
    }
    return { ids: tokenizer.encode(record.text, { truncation: true, maxLength }), label };
  });
}

export interface ClassifierObjectiveOptions {
  readonly model: SequenceClassifier;
  readonly data: Split<LabelledText>;
  readonly maxLength: number;
  readonly padTokenId: number;
}

/** The class of a text; `accuracy` is the part that is right. */
export class ClassifierObjective implements Objective<LabelledText> {
  readonly model: SequenceClassifier;
  readonly data: Split<LabelledText>;
  readonly unit = 'examples' as const;
  readonly watched = { metric: 'accuracy', mode: 'max' } as const;
  readonly numbers: Int32Array;
  readonly #maxLength: number;
  readonly #padTokenId: number;

  constructor({ model, data, maxLength, padTokenId }: ClassifierObjectiveOptions) {
    this.model = model;
    this.data = data;
    this.#maxLength = maxLength;
    this.#padTokenId = padTokenId;
    const texts = [...data.train, ...data.heldOut];
    this.numbers = Int32Array.from(texts.flatMap(({ ids, label }) => [...ids, label]));
  }

  batch(texts: readonly LabelledText[]): FinetuneBatch {
    const { device } = this.model;
    const longest = texts.reduce((most, { ids }) => Math.max(most, ids.length), 0);
    const length = paddedLength(longest, this.#maxLength);
    const ids = rowsTensor(
      texts.map((text) => text.ids),
      length,
      this.#padTokenId,
      device,
    );
    const mask = rowsTensor(
      texts.map((text) => text.ids.map(() => 1)),
      length,
      0,
      device,
    );
    const labels = tensor(
      Int32Array.from(texts, ({ label }) => label),
      { device },
    );
    return { inputs: [ids, mask, labels], weight: texts.length };
  }

  sums(
    ids: Tensor,
    attentionMask: Tensor,
    labels: Tensor,
  ): { readonly loss: Tensor; readonly accuracy: Tensor } {
    const { logits } = this.model.forward(ids, { attentionMask });
    return {
      loss: crossEntropy(logits, labels, { reduction: 'sum' }),
      accuracy: logits.argmax(1).eq(labels).to(logits.dtype).sum(),
    };
  }
}
