import type { Tensor } from '../tensor/tensor.ts';
import { IndexedModules } from './indexedModules.ts';
import type { Module } from './module.ts';

/** A module of one tensor to one tensor: what `Sequential` is made of. */
export interface Layer extends Module {
  forward(x: Tensor): Tensor;
}

/**
 * Layers one after the other: each gets what the one before gives. Their names in state dicts are their positions, as
 * PyTorch's: `0.weight`, `2.bias`.
 *
 * ```ts
 * const net = new Sequential(new Linear(784, 64), new ReLU(), new Linear(64, 10));
 * ```
 */
export class Sequential<Layers extends readonly Layer[] = readonly Layer[]> extends IndexedModules<
  Layers[number]
> {
  constructor(...layers: Layers) {
    super(layers);
  }

  /** What the first layer takes to what the last one gives. */
  forward(x: Tensor): Tensor {
    let value = x;
    for (const layer of this) value = layer.forward(value);
    return value;
  }

  /** Some of the layers, the same modules and not copies, as `Array.slice`: what stands before a head, say. */
  slice(start?: number, end?: number): Sequential<readonly Layers[number][]> {
    return new Sequential(...[...this].slice(start, end));
  }
}
