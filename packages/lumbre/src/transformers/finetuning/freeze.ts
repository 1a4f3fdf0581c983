import type { Module } from '../../nn/index.ts';
import { FinetuneError } from './finetuneError.ts';

/**
 * Freezes the parameters that are named: a name means all whose path has it, from dot to dot. `wte` freezes the token
 * embedding, `h.0` the first layer, `bert.embeddings` all embeddings; `*` stands for one part of a path.
 * @returns how many parameters were frozen
 * @throws FinetuneError for a name that means none
 */
export function freezeByName(model: Module, names: readonly string[]): number {
  const frozen = new Set<string>();
  const parameters = model.namedParameters();
  for (const name of names) {
    const parts = name.split('.');
    const meant = [...parameters].filter(([path]) => {
      const own = path.split('.');
      return own.some((_, i) =>
        parts.every((part, j) => own[i + j] !== undefined && (part === '*' || own[i + j] === part)),
      );
    });
    if (meant.length === 0) {
      throw new FinetuneError(
        `freeze: the model has no parameter ${JSON.stringify(name)}; there are ${[...parameters.keys()].slice(0, 12).join(', ')} and so on.`,
      );
    }
    for (const [path, value] of meant) {
      value.requiresGrad = false;
      frozen.add(path);
    }
  }
  return frozen.size;
}
