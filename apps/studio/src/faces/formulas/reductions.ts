import {
  bare,
  type Element,
  type Formula,
  formulaOf,
  literal,
  Operand,
  positionOf,
  type Rule,
  series,
  sum,
} from './tex.ts';

/** The elements of an operand that a reduction puts into the element of its result at a position. */
export function reducedElements(
  operand: Operand,
  at: readonly number[],
  dim: unknown,
  options: unknown,
): Element[] {
  const rank = operand.shape.length;
  const { keepdim = false } = (options ?? {}) as { keepdim?: boolean };
  const all = Array.from({ length: rank }, (_, axis) => axis);
  const axes =
    dim === undefined || dim === null
      ? all
      : [dim as number | number[]].flat().map((axis) => (axis + rank) % rank);
  const kept = all.filter((axis) => !axes.includes(axis));
  const fixed = all.map((axis) => (keepdim ? (at[axis] ?? 0) : (at[kept.indexOf(axis)] ?? 0)));
  const sizes = axes.map((axis) => operand.shape[axis] as number);
  const count = sizes.reduce((product, side) => product * side, 1);
  return Array.from({ length: count }, (_, flat) => {
    const inside = positionOf(flat, sizes);
    return operand.at(
      all.map((axis) => (axes.includes(axis) ? inside[axes.indexOf(axis)] : fixed[axis]) as number),
    );
  });
}

const valuesOf = (elements: readonly Element[]): number[] => elements.map(({ value }) => value);

type Reduction = (elements: readonly Element[], options: Record<string, unknown>) => Formula | null;

const reduction =
  (reduce: Reduction): Rule =>
  ({ args: [operand, dim, options], at }) =>
    operand instanceof Operand
      ? reduce(reducedElements(operand, at, dim, options), (options ?? {}) as Record<string, unknown>)
      : null;

const plus = (terms: readonly string[]): string => series(terms, '+');

const extreme =
  (name: 'max' | 'min'): Reduction =>
  (elements) =>
    formulaOf(
      elements,
      (terms) => `\\${name}(${series(terms.map(bare), ',')})`,
      Math[name](...valuesOf(elements)),
    );

/** Σ (x - μ)² over so many, or its root. */
const spread =
  (isRoot: boolean): Reduction =>
  (elements, { correction = 1 }) => {
    const values = valuesOf(elements);
    const mean = sum(values) / values.length;
    const below = values.length - Number(correction);
    const variance = sum(values.map((value) => (value - mean) ** 2)) / below;
    const write = (terms: readonly string[], center: string) => {
      const fraction = `\\dfrac{${plus(terms.map((term) => `(${term} - ${center})^2`))}}{${below}}`;
      return isRoot ? `\\sqrt{${fraction}}` : fraction;
    };
    return {
      tex: write(
        elements.map(({ symbol }) => symbol),
        '\\mu',
      ),
      numbers: write(
        elements.map(({ value }) => literal(value).symbol),
        literal(mean).symbol,
      ),
      value: isRoot ? Math.sqrt(variance) : variance,
    };
  };

const norm: Reduction = (elements, { p = 2 }) => {
  const values = valuesOf(elements);
  if (p === 1)
    return formulaOf(
      elements,
      (terms) => plus(terms.map((x) => `\\left|${bare(x)}\\right|`)),
      sum(values.map(Math.abs)),
    );
  if (p !== 2) return null;
  return formulaOf(
    elements,
    (terms) => `\\sqrt{${plus(terms.map((x) => `${x}^2`))}}`,
    Math.sqrt(sum(values.map((x) => x * x))),
  );
};

/** The elements up to one along a dimension. */
const cumulativeSum: Rule = ({ args: [operand, dim], at }) => {
  if (!(operand instanceof Operand) || typeof dim !== 'number') return null;
  const axis = (dim + operand.shape.length) % operand.shape.length;
  const elements = Array.from({ length: (at[axis] ?? 0) + 1 }, (_, i) => operand.at(at.with(axis, i)));
  return formulaOf(elements, plus, sum(valuesOf(elements)));
};

/** Rules of what makes one number of many. */
export const reductions: Readonly<Record<string, Rule>> = {
  sum: reduction((elements) => formulaOf(elements, plus, sum(valuesOf(elements)))),
  mean: reduction((elements) =>
    formulaOf(
      elements,
      (terms) => `\\dfrac{${plus(terms)}}{${elements.length}}`,
      sum(valuesOf(elements)) / elements.length,
    ),
  ),
  prod: reduction((elements) =>
    formulaOf(
      elements,
      (terms) => series(terms, '\\cdot'),
      valuesOf(elements).reduce((a, b) => a * b, 1),
    ),
  ),
  max: reduction(extreme('max')),
  amax: reduction(extreme('max')),
  min: reduction(extreme('min')),
  amin: reduction(extreme('min')),
  var: reduction(spread(false)),
  std: reduction(spread(true)),
  norm: reduction(norm),
  logsumexp: reduction((elements) =>
    formulaOf(
      elements,
      (terms) => `\\ln\\left(${plus(terms.map((x) => `e^{${bare(x)}}`))}\\right)`,
      Math.log(sum(valuesOf(elements).map(Math.exp))),
    ),
  ),
  cumsum: cumulativeSum,
};
