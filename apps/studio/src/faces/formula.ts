import type { Tensor } from 'lumbre';
import type { Recorded } from './recorder.ts';

/** A formula in symbols, and the same with its numbers put in; both TeX. */
export interface Formula {
  readonly tex: string;
  readonly numbers: string;
  /** What the numbers come to, for whoever checks them. */
  readonly value: number;
}

/** An operand as a formula needs it: its letter, shape, and values in order. */
export interface Operand {
  readonly letter: string;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** Of a long sum so many terms are written. */
const TERMS = 4;

/** A number in TeX, to four digits. */
export function texNumber(value: number): string {
  if (Number.isNaN(value)) return '\\text{NaN}';
  if (!Number.isFinite(value)) return value > 0 ? '\\infty' : '-\\infty';
  const rounded = Number(value.toPrecision(4));
  const [mantissa = '', exponent] = String(rounded).split('e');
  return exponent ? `${mantissa}\\cdot 10^{${Number(exponent)}}` : mantissa;
}

/** A negative number in brackets, where it follows an operator. */
const inner = (value: number): string => (value < 0 ? `(${texNumber(value)})` : texNumber(value));

/** The positions of a flat index: [1, 2] of 5 in a shape [2, 3]. */
export function positions(flat: number, shape: readonly number[]): number[] {
  const at: number[] = [];
  let rest = flat;
  for (const side of shape.toReversed()) {
    at.unshift(rest % side);
    rest = Math.floor(rest / side);
  }
  return at;
}

export const flatIndex = (at: readonly number[], shape: readonly number[]): number =>
  shape.reduce((flat, side, axis) => flat * side + (at[axis] ?? 0), 0);

const symbol = (letter: string, at: readonly number[]): string =>
  at.length === 0 ? letter : `${letter}_{${at.join(',')}}`;

/** Where an element of a result stands in an operand that was broadcast to it. */
const broadcastAt = (at: readonly number[], shape: readonly number[]): number[] =>
  shape.map((side, axis) => (side === 1 ? 0 : (at[at.length - shape.length + axis] ?? 0)));

const valueAt = ({ values, shape }: Operand, at: readonly number[]): number =>
  Number(values[flatIndex(at, shape)]);

/** One element of one operand, as TeX: its symbol and its number. */
interface Element {
  readonly symbol: string;
  readonly value: number;
}

const elementOf = (operand: Operand, at: readonly number[]): Element => ({
  symbol: operand.letter === '' ? texNumber(Number(operand.values[0])) : symbol(operand.letter, at),
  value: valueAt(operand, at),
});

type Unary = (a: number) => number;
const unaries: Readonly<Record<string, readonly [tex: (x: string) => string, compute: Unary]>> = {
  neg: [(x) => `-${x}`, (a) => -a],
  exp: [(x) => `e^{${x}}`, Math.exp],
  log: [(x) => `\\ln ${x}`, Math.log],
  sqrt: [(x) => `\\sqrt{${x}}`, Math.sqrt],
  square: [(x) => `${x}^2`, (a) => a * a],
  abs: [(x) => `\\left|${x}\\right|`, Math.abs],
  sin: [(x) => `\\sin ${x}`, Math.sin],
  cos: [(x) => `\\cos ${x}`, Math.cos],
  tanh: [(x) => `\\tanh ${x}`, Math.tanh],
  relu: [(x) => `\\max(0, ${x})`, (a) => Math.max(0, a)],
  sigmoid: [(x) => `\\dfrac{1}{1 + e^{-${x}}}`, (a) => 1 / (1 + Math.exp(-a))],
  reciprocal: [(x) => `\\dfrac{1}{${x}}`, (a) => 1 / a],
  silu: [(x) => `\\dfrac{${x}}{1 + e^{-${x}}}`, (a) => a / (1 + Math.exp(-a))],
  softplus: [(x) => `\\ln(1 + e^{${x}})`, (a) => Math.log1p(Math.exp(a))],
};

type Binary = (a: number, b: number) => number;
const binaries: Readonly<Record<string, readonly [tex: (a: string, b: string) => string, compute: Binary]>> =
  {
    add: [(a, b) => `${a} + ${b}`, (a, b) => a + b],
    sub: [(a, b) => `${a} - ${b}`, (a, b) => a - b],
    mul: [(a, b) => `${a} \\cdot ${b}`, (a, b) => a * b],
    div: [(a, b) => `\\dfrac{${a}}{${b}}`, (a, b) => a / b],
    pow: [(a, b) => `${a}^{${b}}`, (a, b) => a ** b],
    maximum: [(a, b) => `\\max(${a}, ${b})`, Math.max],
    minimum: [(a, b) => `\\min(${a}, ${b})`, Math.min],
  };

/** Many terms between which a sign stands; the rest is dots. */
function series(terms: readonly string[], sign: string): string {
  if (terms.length <= TERMS + 1) return terms.join(` ${sign} `);
  return `${terms.slice(0, TERMS).join(` ${sign} `)} ${sign} \\dots`;
}

/** The dimensions that a reduction goes over, from how it was called. */
function reducedAxes(args: readonly unknown[], rank: number): { axes: number[]; keepDim: boolean } {
  const [dims, options] = args;
  const given =
    dims !== null && typeof dims === 'object' && !Array.isArray(dims)
      ? (dims as Record<string, unknown>)
      : null;
  const wanted = given ? (given.dim ?? given.axis) : dims;
  const more = (given ?? options ?? {}) as Record<string, unknown>;
  const all = Array.from({ length: rank }, (_, axis) => axis);
  const axes =
    wanted === undefined || wanted === null
      ? all
      : [wanted as number | number[]].flat().map((axis) => (axis + rank) % rank);
  return { axes, keepDim: more.keepDim === true || more.keepdim === true || more.keepDims === true };
}

/** The elements of an operand that a reduction puts into one element of its result. */
function reducedElements(operand: Operand, at: readonly number[], args: readonly unknown[]): Element[] {
  const rank = operand.shape.length;
  const { axes, keepDim } = reducedAxes(args, rank);
  const kept = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !axes.includes(axis));
  const fixed = keepDim ? at.slice(0, rank) : kept.map((_, i) => at[i] ?? 0);
  const sizes = axes.map((axis) => operand.shape[axis] ?? 1);
  const count = sizes.reduce((product, side) => product * side, 1);
  return Array.from({ length: count }, (_, flat) => {
    const inside = positions(flat, sizes);
    const place = Array.from({ length: rank }, (_, axis) => {
      const reduced = axes.indexOf(axis);
      return reduced >= 0
        ? (inside[reduced] ?? 0)
        : keepDim
          ? (fixed[axis] ?? 0)
          : (fixed[kept.indexOf(axis)] ?? 0);
    });
    return elementOf(operand, place);
  });
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The elements along one dimension, among which softmax shares. */
function lineOf(
  operand: Operand,
  at: readonly number[],
  dim: unknown,
): { elements: Element[]; place: number } {
  const rank = operand.shape.length;
  const axis = ((typeof dim === 'number' ? dim : -1) + rank) % rank;
  const elements = Array.from({ length: operand.shape[axis] ?? 0 }, (_, i) =>
    elementOf(operand, at.with(axis, i)),
  );
  return { elements, place: at[axis] ?? 0 };
}

/**
 * How one element of a result comes from elements of what it was made of. Null for what has no rule: then its value is given
 * without a formula, rather than with one that is invented.
 */
export function formulaOf(
  record: Recorded,
  at: readonly number[],
  operands: readonly Operand[],
  rest: readonly unknown[],
): Formula | null {
  const { op } = record;
  const [a, b] = operands;
  if (!a) return null;

  if (Object.hasOwn(unaries, op)) {
    const [tex, compute] = unaries[op] as (typeof unaries)[string];
    const x = elementOf(a, broadcastAt(at, a.shape));
    return { tex: tex(x.symbol), numbers: tex(inner(x.value)), value: compute(x.value) };
  }
  if (Object.hasOwn(binaries, op) && b) {
    const [tex, compute] = binaries[op] as (typeof binaries)[string];
    const [x, y] = [elementOf(a, broadcastAt(at, a.shape)), elementOf(b, broadcastAt(at, b.shape))];
    return {
      tex: tex(x.symbol, y.symbol),
      numbers: tex(inner(x.value), inner(y.value)),
      value: compute(x.value, y.value),
    };
  }
  if (op === 'sum' || op === 'mean') {
    const elements = reducedElements(a, at, rest);
    const total = sum(elements.map(({ value }) => value));
    const symbols = series(
      elements.map((x) => x.symbol),
      '+',
    );
    const numbers = series(
      elements.map((x) => inner(x.value)),
      '+',
    );
    if (op === 'sum') return { tex: symbols, numbers, value: total };
    const over = (text: string) => `\\dfrac{${text}}{${elements.length}}`;
    return { tex: over(symbols), numbers: over(numbers), value: total / elements.length };
  }
  if (op === 'max' || op === 'min') {
    if (b) return null;
    const elements = reducedElements(a, at, rest);
    const name = `\\${op}`;
    return {
      tex: `${name}(${series(
        elements.map((x) => x.symbol),
        ',',
      )})`,
      numbers: `${name}(${series(
        elements.map((x) => texNumber(x.value)),
        ',',
      )})`,
      value: (op === 'max' ? Math.max : Math.min)(...elements.map(({ value }) => value)),
    };
  }
  if ((op === 'matmul' || op === 'mm' || op === 'dot') && b) return productFormula(a, b, at);
  if (op === 'softmax' || op === 'logSoftmax') {
    const { elements, place } = lineOf(a, at, rest[0]);
    const x = elements[place] as Element;
    const largest = Math.max(...elements.map(({ value }) => value));
    const total = sum(elements.map(({ value }) => Math.exp(value - largest)));
    const power = (text: string) => `e^{${text}}`;
    const below = series(
      elements.map((each) => power(each.symbol)),
      '+',
    );
    const belowNumbers = series(
      elements.map((each) => power(texNumber(each.value))),
      '+',
    );
    if (op === 'softmax')
      return {
        tex: `\\dfrac{${power(x.symbol)}}{${below}}`,
        numbers: `\\dfrac{${power(texNumber(x.value))}}{${belowNumbers}}`,
        value: Math.exp(x.value - largest) / total,
      };
    return {
      tex: `${x.symbol} - \\ln\\left(${below}\\right)`,
      numbers: `${inner(x.value)} - \\ln\\left(${belowNumbers}\\right)`,
      value: x.value - largest - Math.log(total),
    };
  }
  return null;
}

/** An element of a matrix product: a row times a column. */
function productFormula(a: Operand, b: Operand, at: readonly number[]): Formula | null {
  const inside = a.shape.at(-1) ?? 1;
  if (a.shape.length === 0 || b.shape.length === 0) return null;
  const columnAt = b.shape.length > 1 ? at.at(-1) : undefined;
  const rowAt = a.shape.length > 1 ? at.at(b.shape.length > 1 ? -2 : -1) : undefined;
  const batch = at.slice(0, at.length - (rowAt === undefined ? 0 : 1) - (columnAt === undefined ? 0 : 1));
  const place = (shape: readonly number[], tail: readonly number[]) => {
    const leading = shape.slice(0, shape.length - tail.length);
    return [...broadcastAt(batch, leading), ...tail];
  };
  const pairs = Array.from({ length: inside }, (_, k) => [
    elementOf(a, place(a.shape, rowAt === undefined ? [k] : [rowAt, k])),
    elementOf(b, place(b.shape, columnAt === undefined ? [k] : [k, columnAt])),
  ]) as [Element, Element][];
  return {
    tex: series(
      pairs.map(([x, y]) => `${x.symbol}\\,${y.symbol}`),
      '+',
    ),
    numbers: series(
      pairs.map(([x, y]) => `${inner(x.value)} \\cdot ${inner(y.value)}`),
      '+',
    ),
    value: sum(pairs.map(([x, y]) => x.value * y.value)),
  };
}

/** Ops that compute nothing: an element of the result is one of an operand's. */
export const movements: ReadonlySet<string> = new Set([
  ...[
    'transpose',
    't',
    'permute',
    'reshape',
    'view',
    'flatten',
    'squeeze',
    'unsqueeze',
    'expand',
    'broadcastTo',
    'get',
    'at',
  ],
  ...[
    'slice',
    'narrow',
    'select',
    'indexSelect',
    'gather',
    'index',
    'flip',
    'roll',
    'swapaxes',
    'swapAxes',
    'movedim',
    'repeat',
  ],
  ...['tile', 'take', 'row', 'diagonal', 'chunk', 'split', 'unbind', 'T'],
]);

export type { Tensor };
