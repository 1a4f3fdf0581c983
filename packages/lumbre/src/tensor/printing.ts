import { type DType, isFloat } from '../graph/dtype.ts';
import { formatShape, rowMajorStrides, type Shape } from '../graph/shape.ts';
import { NeuralTensor } from './neural.ts';
import type { Tensor } from './tensor.ts';
import { currentTrace } from './trace.ts';

/** Digits after the point. */
const PRECISION = 4;
/** Tensors of more elements are abbreviated to this many at each end of each dimension. */
const THRESHOLD = 1000;
const EDGE = 3;
const LINE_WIDTH = 80;

/** Node's name for the method that says how a value is shown. */
const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom');

type Format = (value: number) => string;

/** 1.5e-7 as 1.5000e-07: exponents of one width keep columns straight. */
const scientific: Format = (value) =>
  value.toExponential(PRECISION).replace(/e([+-])(\d)$/, (_, sign, digit) => `e${sign}0${digit}`);

const special: Format = (value) => (Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf');

/** One notation for all: whole numbers as `2.`, others with a fixed number of digits, or with exponents. */
function floatFormat(values: readonly number[]): Format {
  const magnitudes = values.filter((value) => Number.isFinite(value) && value !== 0).map(Math.abs);
  const largest = magnitudes.reduce((a, b) => Math.max(a, b), 0);
  const smallest = magnitudes.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const finite: Format = magnitudes.every(Number.isInteger)
    ? largest >= 1e8
      ? scientific
      : (value) => `${Object.is(value, -0) ? '-0' : value}.`
    : largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000
      ? scientific
      : (value) => value.toFixed(PRECISION);
  return (value) => (Number.isFinite(value) ? finite(value) : special(value));
}

function formatOf(dtype: DType, values: readonly number[]): Format {
  if (isFloat(dtype)) return floatFormat(values);
  return dtype === 'bool' ? (value) => String(value !== 0) : String;
}

/** The positions along a dimension that are shown; `null` for the gap. */
function shownPositions(size: number, abbreviated: boolean): readonly (number | null)[] {
  const all = Array.from({ length: size }, (_, i) => i);
  return abbreviated && size > 2 * EDGE ? [...all.slice(0, EDGE), null, ...all.slice(-EDGE)] : all;
}

/** Where the elements that are shown lie. */
function shownOffsets(
  shape: Shape,
  strides: readonly number[],
  positions: readonly (readonly (number | null)[])[],
): number[] {
  let offsets = [0];
  shape.forEach((_, axis) => {
    const steps = (positions[axis] as readonly (number | null)[]).filter((position) => position !== null);
    offsets = offsets.flatMap((offset) =>
      steps.map((position) => offset + position * (strides[axis] as number)),
    );
  });
  return offsets;
}

/** Elements in brackets, in aligned columns, rows under each other. */
function formatElements(values: ArrayLike<number>, shape: Shape, dtype: DType, indent: number): string {
  const strides = rowMajorStrides(shape);
  const positions = shape.map((size) => shownPositions(size, values.length > THRESHOLD));
  const shown = shownOffsets(shape, strides, positions).map((offset) => values[offset] as number);
  const format = formatOf(dtype, shown);
  const width = shown.reduce((widest, value) => Math.max(widest, format(value).length), 0);
  const element = (offset: number) => format(values[offset] as number).padStart(width);

  const row = (offset: number, depth: number): string => {
    const cells = (positions[depth] as readonly (number | null)[]).map((position) =>
      position === null ? '...' : element(offset + position),
    );
    const margin = indent + depth + 1;
    const perLine = Math.max(1, Math.floor((LINE_WIDTH - margin) / (width + 2)));
    const lines = Array.from({ length: Math.ceil(cells.length / perLine) }, (_, i) =>
      cells.slice(i * perLine, (i + 1) * perLine).join(', '),
    );
    return lines.join(`,\n${' '.repeat(margin)}`);
  };
  const block = (offset: number, depth: number): string => {
    if (depth === shape.length) return element(offset);
    if (depth === shape.length - 1) return `[${row(offset, depth)}]`;
    const separator = `,${'\n'.repeat(shape.length - depth - 1)}${' '.repeat(indent + depth + 1)}`;
    const parts = (positions[depth] as readonly (number | null)[]).map((position) =>
      position === null ? '...' : block(offset + position * (strides[depth] as number), depth + 1),
    );
    return `[${parts.join(separator)}]`;
  };
  return block(0, 0);
}

/** Tensors as text, in the manner of NumPy and PyTorch. */
export abstract class PrintingTensor extends NeuralTensor {
  /**
   * The values with 4 digits in aligned columns and the dtype: `tensor([[1.0000, 2.5000]], float32)`. Of more than 1000
   * elements only the ends are shown. Computes the value; inside a compiled function, where there is none, it shows the
   * shape.
   */
  override toString(this: Tensor): string {
    if (this.disposed) return 'tensor(disposed)';
    const { shape, dtype } = this;
    const opening = 'tensor(';
    const notes = [dtype, ...(this.requiresGrad ? ['requiresGrad'] : [])].join(', ');
    if (currentTrace()?.isInner(this)) return `${opening}traced, shape ${formatShape(shape)}, ${notes})`;
    if (this.size === 0) return `${opening}[], shape ${formatShape(shape)}, ${notes})`;
    return `${opening}${formatElements(this.dataSync(), shape, dtype, opening.length)}, ${notes})`;
  }

  /** Writes the tensor to the console. */
  print(this: Tensor): void {
    console.log(this.toString());
  }

  /** What Node's `console.log` and REPL show. */
  [inspect](this: Tensor): string {
    return this.toString();
  }
}
