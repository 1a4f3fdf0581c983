import { type Module, QuantizedLinear } from '../../nn/index.ts';
import { customFunction } from '../../tensor/custom.ts';
import { type QuantizedWeight, quantizedLinear } from '../../tensor/quantized.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/**
 * x · weightᵀ with a weight in 8 bits, through which gradients go: those of x are as if its rounding were not there, and the
 * weight's do not exist. So that adapters before such a layer learn (Dettmers et al., QLoRA, arXiv:2305.14314).
 */
function passing(x: Tensor, weight: QuantizedWeight): Tensor {
  const product = customFunction({
    name: 'quantizedProduct',
    forward: (input: Tensor) => quantizedLinear(input, weight),
    backward: (dy): [Tensor] => {
      const { values, scale } = weight;
      // (dy · scale) · values: the weight itself is never written out in 32 bits of its own scale.
      return [dy.mul(scale.to(dy.dtype)).matmul(values.to(dy.dtype))];
    },
  });
  return product(x);
}

export function quantizedProduct(x: Tensor, layer: QuantizedLinear): Tensor {
  const product = passing(x, layer);
  return layer.bias ? product.add(layer.bias) : product;
}

/** A `QuantizedLinear` that is not changed, and lets gradients through. */
export class PassingQuantizedLinear extends QuantizedLinear {
  constructor(layer: QuantizedLinear) {
    super(layer as never, layer);
  }

  override forward(x: Tensor): Tensor {
    return quantizedProduct(x, this);
  }
}

/** Puts layers that let gradients through in the place of those in 8 bits. */
export function letGradientsThrough(model: Module): void {
  model.replaceChildren((child) => {
    if (child instanceof PassingQuantizedLinear) return child;
    if (child instanceof QuantizedLinear) return new PassingQuantizedLinear(child);
    letGradientsThrough(child);
    return child;
  });
}
