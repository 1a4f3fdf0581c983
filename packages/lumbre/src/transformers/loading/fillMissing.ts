import type { DType } from '../../graph/dtype.ts';
import { ones, zeros } from '../../tensor/creation.ts';
import type { Generator } from '../../tensor/generator.ts';
import { normal } from '../../tensor/random.ts';
import { scope } from '../../tensor/scope.ts';
import type { Places } from './slots.ts';

export interface FirstWeights {
  /** The standard deviation of matrices. Default 0.02. */
  readonly std?: number | undefined;
  readonly device: string;
  readonly dtype: DType;
  readonly generator?: Generator | undefined;
}

/** First values for what no file had: matrices normal, biases zero, scales one, as transformers'. */
export function fillMissing(places: Places, { std = 0.02, generator, ...options }: FirstWeights): void {
  for (const place of places.all) {
    if (place.filled) continue;
    const { shape, names } = place;
    const value = scope(() => {
      if (shape.length >= 2) return normal(0, std, shape, { ...options, generator }).realize();
      return (names[0]?.endsWith('weight') ? ones(shape, options) : zeros(shape, options)).realize();
    });
    places.fill(place, value, false);
  }
}
