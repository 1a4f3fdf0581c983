import { type DType, isFloat, toDType } from '../graph/dtype.ts';
import { rowMajorStrides, type Shape } from '../graph/shape.ts';

/** How tensors are written; the names and the numbers are NumPy's. */
export interface PrintOptions {
  /** The most digits after the point. Fewer are written where fewer tell the numbers from all others. Default 8. */
  readonly precision: number;
  /** Tensors of more elements than this are abbreviated. Default 1000. */
  readonly threshold: number;
  /** Elements at each end of each dimension that an abbreviation leaves. Default 3. */
  readonly edgeItems: number;
  /** Characters in a line. Default 75. */
  readonly lineWidth: number;
  /** Whether small numbers are written without an exponent. Default false. */
  readonly suppressSmall: boolean;
}

export const defaultPrintOptions: PrintOptions = {
  precision: 8,
  threshold: 1000,
  edgeItems: 3,
  lineWidth: 75,
  suppressSmall: false,
};

type Format = (value: number) => string;

/** A decimal number: its digits before and after the point, and, with an exponent, that. */
interface Decimal {
  readonly whole: string;
  readonly fraction: string;
  readonly exponent: string;
}

/** Decimal digits that every number of the dtype has: NumPy's `finfo(dtype).precision`. */
const decimalPrecision = (dtype: DType): number =>
  dtype === 'float64' ? 15 : dtype === 'float32' ? 6 : dtype === 'float16' ? 3 : 2;

/** The fewest significant digits that no other number of the dtype shares. */
function significantDigits(value: number, dtype: DType): number {
  if (dtype === 'float64') return value.toExponential().replace(/e.*|[-.]/g, '').length;
  for (let digits = 1; digits < 9; digits++) {
    if (toDType(Number(value.toPrecision(digits)), dtype) === value) return digits;
  }
  return 9;
}

/** toFixed and toExponential round halves up; NumPy rounds them to even. `digits` is one of the two, by its digits. */
function roundedToEven(digits: (count: number) => string, count: number): string {
  const rounded = digits(count);
  const [mantissa, exponent = ''] = digits(100).split('e') as [string, string?];
  const point = mantissa.indexOf('.');
  const isTie = /^50*$/.test(mantissa.slice(point + 1 + count));
  if (!isTie) return rounded;
  const below = mantissa.slice(0, count === 0 ? point : point + 1 + count);
  return Number(below.at(-1)) % 2 === 0 ? `${below}${exponent && `e${exponent}`}` : rounded;
}

const withoutTrailingZeros = (digits: string): string => digits.replace(/0+$/, '');

function positional(value: number, dtype: DType, precision: number): Decimal {
  const digits = significantDigits(value, dtype);
  // As many digits after the point as the shortest form has, if that many are wanted.
  const power = Number(value.toExponential(digits - 1).split('e')[1]);
  const shortest = Math.max(0, digits - 1 - power);
  const text =
    shortest <= precision
      ? value.toFixed(Math.min(shortest, 100))
      : roundedToEven((count) => value.toFixed(count), precision);
  const [whole, fraction = ''] = text.split('.') as [string, string?];
  const sign = Object.is(value, -0) || (value < 0 && !whole.startsWith('-')) ? '-' : '';
  return { whole: `${sign}${whole}`, fraction: withoutTrailingZeros(fraction), exponent: '' };
}

/** `digits` after the point, or, if that is not given, as many as are needed, but at most `precision`. */
function scientific(value: number, dtype: DType, precision: number, digits?: number): Decimal {
  const shortest = digits ?? significantDigits(value, dtype) - 1;
  const text =
    digits === undefined && shortest <= precision
      ? value.toExponential(shortest)
      : roundedToEven((count) => value.toExponential(count), Math.min(shortest, precision));
  const [mantissa, power] = text.split('e') as [string, string];
  const [whole, fraction = ''] = mantissa.split('.') as [string, string?];
  const exponent = `${power[0]}${power.slice(1).padStart(2, '0')}`;
  return {
    whole: Object.is(value, -0) ? '-0' : whole,
    fraction: digits === undefined ? withoutTrailingZeros(fraction) : fraction,
    exponent,
  };
}

const widest = (texts: readonly string[]): number =>
  texts.reduce((width, text) => Math.max(width, text.length), 0);

const special: Format = (value) => (Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf');

/** One notation for all numbers, aligned at the point. */
function floatFormat(values: readonly number[], dtype: DType, options: PrintOptions): Format {
  const { precision, suppressSmall } = options;
  const finite = values.filter((value) => Number.isFinite(value));
  const magnitudes = finite.filter((value) => value !== 0).map(Math.abs);
  const largest = magnitudes.reduce((a, b) => Math.max(a, b), 0);
  const smallest = magnitudes.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const usesExponent =
    magnitudes.length > 0 &&
    // Larger numbers have digits that the dtype does not hold.
    (largest >= 10 ** Math.min(decimalPrecision(dtype), 8) ||
      (!suppressSmall && (smallest < 1e-4 || largest / smallest > 1000)));
  const split = (value: number) =>
    usesExponent ? scientific(value, dtype, precision) : positional(value, dtype, precision);
  const decimals = finite.map(split);
  const fractionWidth = widest(decimals.map(({ fraction }) => fraction));
  const exponentWidth = widest(decimals.map(({ exponent }) => exponent));
  const right = finite.length === 0 ? 0 : fractionWidth + (usesExponent ? 1 + exponentWidth : 0);
  let left = widest(decimals.map(({ whole }) => whole));
  const specials = values.filter((value) => !Number.isFinite(value)).map(special);
  if (specials.length > 0) left = Math.max(left, widest(specials) - right - 1);
  return (value) => {
    if (!Number.isFinite(value)) return special(value).padStart(left + right + 1);
    if (!usesExponent) {
      const { whole, fraction } = split(value);
      return `${whole.padStart(left)}.${fraction.padEnd(fractionWidth)}`;
    }
    const { whole, fraction, exponent } = scientific(value, dtype, precision, fractionWidth);
    const power = `${exponent[0]}${exponent.slice(1).padStart(exponentWidth - 1, '0')}`;
    return `${whole.padStart(left)}.${fraction}e${power}`;
  };
}

function formatOf(values: readonly number[], shape: Shape, dtype: DType, options: PrintOptions): Format {
  if (isFloat(dtype)) return floatFormat(values, dtype, options);
  if (dtype === 'bool') {
    const width = shape.length === 0 ? 0 : 5;
    return (value) => String(value !== 0).padStart(width);
  }
  const width = widest(values.map(String));
  return (value) => String(value).padStart(width);
}

/** The positions along a dimension that are shown; `null` for the gap. */
function shownPositions(size: number, edge: number, abbreviated: boolean): readonly (number | null)[] {
  const all = Array.from({ length: size }, (_, i) => i);
  return abbreviated && size > 2 * edge ? [...all.slice(0, edge), null, ...all.slice(size - edge)] : all;
}

/**
 * Elements in brackets, in aligned columns, rows under each other, as NumPy's `array2string` writes them with ', '
 * between.
 * @param prefix characters in front of the first line, which the others are indented by
 * @param suffix characters behind the last line
 */
export function formatElements(
  values: ArrayLike<number>,
  shape: Shape,
  dtype: DType,
  { prefix = 0, suffix = 0, ...chosen }: Partial<PrintOptions> & { prefix?: number; suffix?: number } = {},
): string {
  const options = { ...defaultPrintOptions, ...chosen };
  const strides = rowMajorStrides(shape);
  const abbreviated = values.length > options.threshold;
  const positions = shape.map((size) => shownPositions(size, options.edgeItems, abbreviated));
  let offsets = [0];
  positions.forEach((shown, axis) => {
    const steps = shown.flatMap((position) =>
      position === null ? [] : [position * (strides[axis] as number)],
    );
    offsets = offsets.flatMap((offset) => steps.map((step) => offset + step));
  });
  const format = formatOf(
    offsets.map((offset) => values[offset] as number),
    shape,
    dtype,
    options,
  );
  const lineWidth = options.lineWidth - suffix;

  /** Elements in lines, each as full as it gets; a word that would not fit a line of its own anyway stays. */
  const row = (offset: number, depth: number, indent: string): string => {
    const width = lineWidth - depth - 1;
    const lines: string[] = [];
    let line = indent;
    (positions[depth] as readonly (number | null)[]).forEach((position, i, all) => {
      const word = position === null ? '...' : format(values[offset + position] as number);
      if (line.length + word.length > width && line.length > indent.length) {
        lines.push(line.trimEnd());
        line = indent;
      }
      line += word + (i < all.length - 1 ? ', ' : '');
    });
    return [...lines, line].join('\n').slice(indent.length);
  };
  const block = (offset: number, depth: number, indent: string): string => {
    if (depth === shape.length) return format(values[offset] as number);
    if (depth === shape.length - 1) return `[${row(offset, depth, indent)}]`;
    const separator = `,${'\n'.repeat(shape.length - depth - 1)}${indent}`;
    const parts = (positions[depth] as readonly (number | null)[]).map((position) =>
      position === null
        ? '...'
        : block(offset + position * (strides[depth] as number), depth + 1, `${indent} `),
    );
    return `[${parts.join(separator)}]`;
  };
  return block(0, 0, ' '.repeat(prefix + 1));
}
