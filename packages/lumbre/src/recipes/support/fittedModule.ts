import type { Estimator } from '../../models/index.ts';
import { buffer, Module } from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** A fitted model seen as a module, for what looks at modules: its tensors are buffers, and still the model's own. */
export class FittedModule extends Module {
  readonly #forward: (x: Tensor) => Tensor;

  /** @param forward what it computes for samples [n, d], as one expression */
  constructor(tensors: ReturnType<Estimator['stateDict']>, forward: (x: Tensor) => Tensor) {
    super();
    this.#forward = forward;
    for (const [name, value] of tensors) (this as Record<string, unknown>)[name] = buffer(value);
  }

  forward(x: Tensor): Tensor {
    return this.#forward(x);
  }
}
