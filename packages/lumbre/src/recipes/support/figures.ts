import type { CompiledFunction } from '../../tensor/compile.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Metrics } from '../../train/index.ts';

type Figures = Readonly<Record<string, Tensor>>;

/** Reads figures of one element each, and gives back their memory. */
export async function readFigures(figures: Figures): Promise<Metrics> {
  try {
    const read = Object.entries(figures).map(async ([name, value]) => [name, await value.item()] as const);
    return Object.fromEntries(await Promise.all(read)) as Metrics;
  } finally {
    for (const value of Object.values(figures)) value.dispose();
  }
}

/** Runs a compiled step in the background and reads the figures that it gives; its arguments are disposed of. */
export async function runStep<Args extends Tensor[]>(
  step: CompiledFunction<Args, Figures>,
  ...args: Args
): Promise<Metrics> {
  try {
    return await readFigures(await step.async(...args));
  } finally {
    for (const argument of args) argument.dispose();
  }
}

/** The mean of figures over batches, each weighed by how much it holds. */
export class MeanFigures {
  readonly #sums = new Map<string, number>();
  #weight = 0;

  add(figures: Metrics, weight = 1): void {
    this.#weight += weight;
    for (const [name, value] of Object.entries(figures)) {
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + weight * value);
    }
  }

  get(): Metrics {
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#weight]));
  }
}
