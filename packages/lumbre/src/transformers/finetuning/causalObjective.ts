import { crossEntropy } from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Metrics, Progress, Sample } from '../../train/index.ts';
import { type CausalModel, IGNORED_LABEL } from '../causal/causalModel.ts';
import { type FinetuneBatch, type Objective, paddedLength, rowsTensor } from './finetuneTask.ts';
import type { Split } from './order.ts';
import type { Row } from './packing.ts';

export interface CausalObjectiveOptions {
  readonly model: CausalModel;
  readonly data: Split<Row>;
  readonly maxLength: number;
  /** Whether rows hold several examples. */
  readonly packed: boolean;
  readonly write?: ((progress: Progress) => Promise<string>) | undefined;
}

/** The next token, of those that are to be learned. */
export class CausalObjective implements Objective<Row> {
  readonly model: CausalModel;
  readonly data: Split<Row>;
  readonly unit = 'examples' as const;
  readonly watched = { metric: 'loss', mode: 'min' } as const;
  readonly numbers: Int32Array;
  readonly sample?: (progress: Progress) => Promise<Sample>;
  readonly #maxLength: number;
  readonly #packed: boolean;

  constructor({ model, data, maxLength, packed, write }: CausalObjectiveOptions) {
    this.model = model;
    this.data = data;
    this.#maxLength = maxLength;
    this.#packed = packed;
    const rows = [...data.train, ...data.heldOut];
    this.numbers = Int32Array.from(rows.flatMap(({ ids, labels }) => [...ids, ...labels]));
    if (write) this.sample = async (progress) => ({ kind: 'text', text: await write(progress) });
  }

  batch(rows: readonly Row[]): FinetuneBatch {
    const { device } = this.model;
    const longest = rows.reduce((most, { ids }) => Math.max(most, ids.length), 0);
    const length = this.#packed ? this.#maxLength : paddedLength(longest, this.#maxLength);
    // What fills up stands behind, where no token looks, and is not learned: any token will do.
    const of = (name: 'ids' | 'labels' | 'segments' | 'positions', filling: number) =>
      rowsTensor(
        rows.map((row) => row[name]),
        length,
        filling,
        device,
      );
    const weight = rows.reduce(
      (sum, { labels }) => sum + labels.filter((label, i) => i > 0 && label !== IGNORED_LABEL).length,
      0,
    );
    const inputs = [of('ids', 0), of('labels', IGNORED_LABEL)];
    if (this.#packed) inputs.push(of('segments', 0), of('positions', 0));
    return { inputs, weight };
  }

  sums(ids: Tensor, labels: Tensor, segmentIds?: Tensor, positionIds?: Tensor): { readonly loss: Tensor } {
    const time = ids.shape[1] as number;
    const logits = this.model.forward(ids, { segmentIds, positionIds });
    return {
      loss: crossEntropy(logits.narrow(1, 0, time - 1), labels.narrow(1, 1, time - 1), {
        ignoreIndex: IGNORED_LABEL,
        reduction: 'sum',
      }),
    };
  }

  derived({ loss }: Metrics): Metrics {
    return { perplexity: Math.exp(loss as number) };
  }
}
