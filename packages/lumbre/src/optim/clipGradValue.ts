import { noGrad } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Limits every element of all gradients to [-clipValue, clipValue]; as `torch.nn.utils.clip_grad_value_`. */
export function clipGradValue(parameters: Iterable<Tensor>, clipValue: number): void {
  if (!(clipValue > 0)) throw new RangeError(`clipGradValue: clipValue must be positive, not ${clipValue}.`);
  noGrad(() => {
    for (const parameter of parameters) {
      if (parameter.grad) parameter.grad = parameter.grad.clamp({ min: -clipValue, max: clipValue });
    }
  });
}
