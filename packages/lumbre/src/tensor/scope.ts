import { withGradientMode } from './core.ts';
import { closeScope, disown, openScope } from './lifetime.ts';
import { collectTensors } from './structure.ts';
import type { Tensor } from './tensor.ts';

/**
 * Runs `fn` and gives back the memory of every tensor made in it, except those that it returns (alone, or in arrays and
 * plain objects) and those passed to `keep`. Gradients and assigned state belong to their tensors and stay. Scopes
 * nest; `fn` must be synchronous, since a promise ends after its scope.
 */
export function scope<T>(fn: () => T): T {
  openScope();
  let kept: Tensor[] = [];
  try {
    const result = fn();
    if (result instanceof Promise) {
      throw new TypeError(
        'scope: the function returned a promise; a scope is synchronous. Read values after it.',
      );
    }
    kept = collectTensors(result);
    return result;
  } finally {
    closeScope(new Set(kept));
  }
}

/** Takes tensors out of every open scope: they live until dispose(), or until they are collected. */
export function keep<T>(value: T): T {
  for (const tensor of collectTensors(value)) disown(tensor);
  return value;
}

/** Runs `fn` without recording gradients. */
export const noGrad = <T>(fn: () => T): T => withGradientMode(false, fn);
