import { zerosLike } from '../tensor/creation.ts';
import { keep, noGrad, scope } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { guard } from '../tensor/trace.ts';
import { assignTogether } from './assignTogether.ts';

/**
 * Adds up the gradients of several small batches, so that one step of the optimizer is that of a large batch which would
 * not fit into memory. The sums are state like an optimizer's, so that both halves can be compiled:
 *
 * ```ts
 * const accumulator = new GradientAccumulator(model.parameters(), 4);
 * const collect = compile((x, y) => {
 *   const loss = crossEntropy(model.forward(x), y);
 *   loss.backward();
 *   accumulator.add();
 *   return loss;
 * });
 * const update = compile(() => {
 *   accumulator.apply();
 *   clipGradNorm(model.parameters(), 1);
 *   optimizer.step();
 *   optimizer.zeroGrad();
 * });
 * ```
 *
 * With losses that are means over equal batches, four calls of `collect` and one of `update` are a step over all four
 * together, to rounding.
 */
export class GradientAccumulator {
  /** How many batches make a step: what each adds is divided by it. */
  readonly steps: number;
  readonly #sums: ReadonlyMap<Tensor, Tensor>;
  /** Parameters that have had a gradient; the others get none. */
  readonly #touched = new Set<Tensor>();

  /** @param steps how many batches make a step; 1 for losses that are sums, as then nothing is divided */
  constructor(parameters: Iterable<Tensor>, steps: number) {
    if (!Number.isSafeInteger(steps) || steps < 1) {
      throw new RangeError(`GradientAccumulator: steps is ${steps}, expected a whole number of at least 1.`);
    }
    this.steps = steps;
    this.#sums = new Map(
      [...parameters].map((parameter) => [parameter, keep(noGrad(() => zerosLike(parameter)))]),
    );
  }

  /** Moves the gradients of all parameters, which have none afterwards, into the sums. */
  add(): void {
    noGrad(() =>
      scope(() => {
        const given = [...this.#sums].filter(([{ grad }]) => grad !== null);
        assignTogether(
          given.map(([{ grad }, sum]) => [sum, sum.add((grad as Tensor).mul(1 / this.steps))] as const),
        );
        for (const [parameter] of given) {
          this.#touched.add(parameter);
          parameter.grad = null;
        }
      }),
    );
  }

  /**
   * Makes the sums the gradients of the parameters, and begins anew from zeros.
   * @throws Error when nothing has been added before.
   */
  apply(): void {
    if (guard(() => this.#touched.size) === 0) {
      throw new Error('GradientAccumulator: apply() before any add(); there are no gradients to apply.');
    }
    noGrad(() => {
      for (const parameter of this.#touched) {
        const sum = this.#sums.get(parameter) as Tensor;
        parameter.grad = sum.detach();
        scope(() => sum.assign(zerosLike(sum)));
      }
    });
  }

  /** Gives back the memory of the sums. */
  dispose(): void {
    for (const sum of this.#sums.values()) sum.dispose();
  }
}
