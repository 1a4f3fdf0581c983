import type { Generator } from '../tensor/generator.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Module } from './module.ts';

/** While training, zeros with probability `p` and scales what is left by 1/(1 - p); see `Tensor.dropout`. */
export class Dropout extends Module {
  readonly p: number;
  readonly #generator: Generator | undefined;

  /** @throws RangeError if `p` is no probability. */
  constructor(p = 0.5, { generator }: { readonly generator?: Generator } = {}) {
    super();
    if (!(p >= 0 && p <= 1)) throw new RangeError(`Dropout: p must be a probability from 0 to 1, not ${p}.`);
    this.p = p;
    this.#generator = generator;
  }

  forward(x: Tensor): Tensor {
    return this.p > 0 && this.training ? x.dropout(this.p, true, this.#generator) : x;
  }
}
