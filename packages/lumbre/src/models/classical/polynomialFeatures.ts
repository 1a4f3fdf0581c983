import { stack } from '../../tensor/combine.ts';
import { onesLike } from '../../tensor/creation.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkInteger, featuresOf, type Samples } from './estimator.ts';

export interface PolynomialFeaturesOptions {
  /** Default 2. */
  readonly degree?: number;
  /** Only products of different columns. Default false. */
  readonly interactionOnly?: boolean;
  /** Whether the first column is 1. Default true. */
  readonly includeBias?: boolean;
}

/** The columns that each product is of: 0; 0 0, 0 1, 1 1; .. */
function* combinations(columns: number, count: number, repeat: boolean, first = 0): Generator<number[]> {
  if (count === 0) yield [];
  else
    for (let c = first; c < columns; c++)
      for (const rest of combinations(columns, count - 1, repeat, repeat ? c : c + 1)) yield [c, ...rest];
}

/**
 * All products of up to `degree` columns of samples [n, d], in the order of scikit-learn's PolynomialFeatures: 1, a, b, a²,
 * ab, b².
 */
export function polynomialFeatures(
  X: Samples,
  { degree = 2, interactionOnly = false, includeBias = true }: PolynomialFeaturesOptions = {},
): Tensor {
  checkInteger('polynomialFeatures', 'degree', degree, 0);
  const { x, columns } = featuresOf('polynomialFeatures', X);
  try {
    return noGrad(() =>
      scope(() => {
        const column = Array.from({ length: columns }, (_, c) => x.select(1, c));
        const one = onesLike(column[0] as Tensor);
        const products = includeBias ? [one] : [];
        for (let count = 1; count <= degree; count++)
          for (const chosen of combinations(columns, count, !interactionOnly))
            products.push(chosen.map((c) => column[c] as Tensor).reduce((a, b) => a.mul(b)));
        if (products.length === 0)
          throw new RangeError('polynomialFeatures: degree 0 without bias has no columns.');
        return stack(products, 1).realize();
      }),
    );
  } finally {
    x.dispose();
  }
}
