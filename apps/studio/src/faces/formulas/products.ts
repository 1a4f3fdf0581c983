import {
  bare,
  type Element,
  type Formula,
  formulaOf,
  Operand,
  positionOf,
  type Rule,
  series,
  sum,
} from './tex.ts';

type Pair = readonly [Element, Element];

/** A sum of products, and perhaps one number more. */
function sumOfProducts(pairs: readonly Pair[], more: Element | null = null): Formula {
  const write = (texts: readonly string[], times: string, rest: string | null): string => {
    const terms = pairs.map((_, i) => `${texts[2 * i]}${times}${texts[2 * i + 1]}`);
    if (terms.length === 0) return rest ?? '0';
    return rest === null ? series(terms, '+') : `${series(terms, '+')} + ${rest}`;
  };
  const elements = pairs.flat();
  const symbols = formulaOf(more ? [...elements, more] : elements, (texts) => texts.join('\0'), 0);
  const textsOf = (joined: string) => joined.split('\0');
  const [names, numbers] = [textsOf(symbols.tex), textsOf(symbols.numbers)];
  const last = (texts: readonly string[]) => (more ? (texts.at(-1) as string) : null);
  return {
    tex: write(names, '\\,', last(names)),
    numbers: write(numbers, ' \\cdot ', last(numbers)),
    value: sum(pairs.map(([a, b]) => a.value * b.value)) + (more?.value ?? 0),
  };
}

/** An element of a matrix product: a row times a column. */
const matrixProduct: Rule = ({ args: [a, b], at }) => {
  if (!(a instanceof Operand) || !(b instanceof Operand)) return null;
  if (a.shape.length === 0 || b.shape.length === 0) return null;
  const columns = b.shape.length > 1 ? [at.at(-1) as number] : [];
  const rest = at.slice(0, at.length - columns.length);
  const rows = a.shape.length > 1 ? [rest.at(-1) as number] : [];
  const batch = rest.slice(0, rest.length - rows.length);
  const inBatch = ({ shape }: Operand, tail: readonly number[]): number[] => {
    const leading = shape.slice(0, shape.length - tail.length);
    return [
      ...leading.map((side, i) => (side === 1 ? 0 : (batch[batch.length - leading.length + i] ?? 0))),
      ...tail,
    ];
  };
  const pairs = Array.from(
    { length: a.shape.at(-1) as number },
    (_, k): Pair => [a.at(inBatch(a, [...rows, k])), b.at(inBatch(b, [k, ...columns]))],
  );
  return sumOfProducts(pairs);
};

const outer: Rule = ({ args: [a, b], at }) =>
  a instanceof Operand && b instanceof Operand
    ? formulaOf(
        [a.at([at[0] as number]), b.at([at[1] as number])],
        ([x, y]) => `${x} \\cdot ${y}`,
        a.at([at[0] as number]).value * b.at([at[1] as number]).value,
      )
    : null;

const perDimension = (value: unknown, rank: number, otherwise: number): number[] =>
  Array.isArray(value) ? value : new Array<number>(rank).fill(typeof value === 'number' ? value : otherwise);

interface Window {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

function windowOf(
  options: Record<string, unknown>,
  kernel: readonly number[],
  step: readonly number[] | number,
): Window {
  const rank = kernel.length;
  const dilation = perDimension(options.dilation, rank, 1);
  return {
    stride: perDimension(options.stride ?? step, rank, 1),
    dilation,
    padding:
      options.padding === 'same'
        ? kernel.map((size, i) => Math.floor(((size - 1) * (dilation[i] as number)) / 2))
        : perDimension(options.padding, rank, 0),
  };
}

/** Where a window at a position of the result looks, with where in the window; not at what is padding. */
function* looksAt(
  { stride, padding, dilation }: Window,
  kernel: readonly number[],
  place: readonly number[],
  sizes: readonly number[],
): Generator<{ offset: readonly number[]; position: readonly number[] }> {
  const count = kernel.reduce((product, side) => product * side, 1);
  for (let flat = 0; flat < count; flat++) {
    const offset = positionOf(flat, kernel);
    const position = offset.map(
      (o, i) =>
        (place[i] as number) * (stride[i] as number) + o * (dilation[i] as number) - (padding[i] as number),
    );
    if (position.every((p, i) => p >= 0 && p < (sizes[i] as number))) yield { offset, position };
  }
}

/** An element of a convolution: a window times a kernel, over all channels, and the bias. */
const convolution =
  (rank: number): Rule =>
  ({ args: [input, weight, given], at }) => {
    if (!(input instanceof Operand) || !(weight instanceof Operand)) return null;
    const options = (given ?? {}) as Record<string, unknown>;
    const kernel = weight.shape.slice(-rank);
    const batch = at.slice(0, at.length - rank - 1);
    const channel = at[at.length - rank - 1] as number;
    const groups = typeof options.groups === 'number' ? options.groups : 1;
    const inGroup = weight.shape[1] as number;
    const group = Math.floor(channel / ((weight.shape[0] as number) / groups));
    const window = windowOf(options, kernel, 1);
    const pairs: Pair[] = [];
    for (let c = 0; c < inGroup; c++) {
      for (const { offset, position } of looksAt(window, kernel, at.slice(-rank), input.shape.slice(-rank)))
        pairs.push([
          input.at([...batch, group * inGroup + c, ...position]),
          weight.at([channel, c, ...offset]),
        ]);
    }
    const { bias } = options;
    return sumOfProducts(pairs, bias instanceof Operand ? bias.at([channel]) : null);
  };

/** The largest of a window, or its mean. */
const pooling =
  (rank: number, kind: 'max' | 'mean'): Rule =>
  ({ args: [input, size, given], at }) => {
    const options = (given ?? {}) as Record<string, unknown>;
    if (!(input instanceof Operand) || options.ceilMode || options.returnIndices) return null;
    const kernel = perDimension(size, rank, 1);
    const window = windowOf(options, kernel, kernel);
    const elements: Element[] = [];
    for (const { position } of looksAt(window, kernel, at.slice(-rank), input.shape.slice(-rank)))
      elements.push(input.at([...at.slice(0, -rank), ...position]));
    const values = elements.map(({ value }) => value);
    if (kind === 'max')
      return formulaOf(elements, (terms) => `\\max(${series(terms.map(bare), ',')})`, Math.max(...values));
    const whole = kernel.reduce((product, side) => product * side, 1);
    const over =
      (options.divisorOverride as number | undefined) ??
      (options.countIncludePad === false ? elements.length : whole);
    return formulaOf(elements, (terms) => `\\dfrac{${series(terms, '+')}}{${over}}`, sum(values) / over);
  };

/** Rules of products of matrices, and of what slides over pictures. */
export const products: Readonly<Record<string, Rule>> = {
  matmul: matrixProduct,
  dot: matrixProduct,
  outer,
  conv1d: convolution(1),
  conv2d: convolution(2),
  maxPool1d: pooling(1, 'max'),
  maxPool2d: pooling(2, 'max'),
  avgPool1d: pooling(1, 'mean'),
  avgPool2d: pooling(2, 'mean'),
};
