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

/** The elements along one dimension, among which softmax shares, and which of them the element is. */
function lineOf(operand: Operand, at: readonly number[], dim: unknown): { elements: Element[]; x: Element } {
  const rank = operand.shape.length;
  const axis = ((typeof dim === 'number' ? dim : -1) + rank) % rank;
  const elements = Array.from({ length: operand.shape[axis] as number }, (_, i) =>
    operand.at(at.with(axis, i)),
  );
  return { elements, x: elements[at[axis] as number] as Element };
}

/** ln Σ eˣ, without overflow. */
function logSum(elements: readonly Element[]): number {
  const largest = Math.max(...elements.map(({ value }) => value));
  return largest + Math.log(sum(elements.map(({ value }) => Math.exp(value - largest))));
}

const powers = (terms: readonly string[]): string =>
  series(
    terms.map((x) => `e^{${bare(x)}}`),
    '+',
  );

const softmax: Rule = ({ args: [operand, dim], at }) => {
  if (!(operand instanceof Operand)) return null;
  const { elements, x } = lineOf(operand, at, dim);
  return formulaOf(
    [x, ...elements],
    ([own, ...all]) => `\\dfrac{e^{${bare(own as string)}}}{${powers(all)}}`,
    Math.exp(x.value - logSum(elements)),
  );
};

const logSoftmax: Rule = ({ args: [operand, dim], at }) => {
  if (!(operand instanceof Operand)) return null;
  const { elements, x } = lineOf(operand, at, dim);
  return formulaOf(
    [x, ...elements],
    ([own, ...all]) => `${own} - \\ln\\left(${powers(all)}\\right)`,
    x.value - logSum(elements),
  );
};

/** How surprising the target of one row is. */
function surprise(logits: Operand, targets: Operand, row: readonly number[]): Formula {
  const target = targets.at(row).value;
  const elements = Array.from({ length: logits.shape.at(-1) as number }, (_, i) => logits.at([...row, i]));
  const own = elements[target] as Element;
  return formulaOf(
    [own, ...elements],
    ([x, ...all]) => `\\ln\\left(${powers(all)}\\right) - ${x}`,
    logSum(elements) - own.value,
  );
}

const crossEntropy: Rule = ({ args: [logits, targets, given], at }) => {
  if (!(logits instanceof Operand) || !(targets instanceof Operand)) return null;
  const { reduction = 'mean', ignoreIndex } = (given ?? {}) as { reduction?: string; ignoreIndex?: number };
  if (ignoreIndex !== undefined) return null;
  if (reduction === 'none') return surprise(logits, targets, at);
  const rows = Array.from({ length: targets.values.length }, (_, flat) => positionOf(flat, targets.shape));
  const losses = rows.map((row) => surprise(logits, targets, row));
  const total = sum(losses.map(({ value }) => value));
  if (losses.length === 1) return losses[0] as Formula;
  // One loss a row is long already: rows are named, and stand with their numbers.
  const tex = series(
    rows.map((row) => `\\ell_{${row.join(',')}}`),
    '+',
  );
  const numbers = series(
    losses.map(({ value }) => literal(value).symbol),
    '+',
  );
  if (reduction === 'sum') return { tex, numbers, value: total };
  const over = (text: string) => `\\dfrac{${text}}{${losses.length}}`;
  return { tex: over(tex), numbers: over(numbers), value: total / losses.length };
};

/** Rules of probabilities, and of how surprising what came is. */
export const probabilities: Readonly<Record<string, Rule>> = { softmax, logSoftmax, crossEntropy };
