/**
 * The 16-bit floats. Both are storage formats: arithmetic on them is done in float32 or wider and rounded once, to the
 * nearest value and of two equally near ones to the even one.
 *
 * - `float16`: IEEE 754 binary16, 5 exponent and 10 fraction bits.
 * - `bfloat16`: the upper half of a float32, 8 exponent and 7 fraction bits.
 */
export type HalfFloat = 'float16' | 'bfloat16';

interface Format {
  readonly fractionBits: number;
  /** Of the smallest normal number; below it steps no longer get smaller. */
  readonly smallestExponent: number;
  /** Rounded results from here on are infinite. */
  readonly overflow: number;
  /** A quiet NaN, and infinity. */
  readonly nan: number;
  readonly infinity: number;
}

const formats: Record<HalfFloat, Format> = {
  float16: { fractionBits: 10, smallestExponent: -14, overflow: 2 ** 16, nan: 0x7e00, infinity: 0x7c00 },
  bfloat16: { fractionBits: 7, smallestExponent: -126, overflow: 2 ** 128, nan: 0x7fc0, infinity: 0x7f80 },
};

const double = new Float64Array(1);
const doubleWords = new Uint32Array(double.buffer);

/** floor(log2 magnitude), but at least the smallest exponent of the format. */
function exponentOf(magnitude: number, { smallestExponent }: Format): number {
  double[0] = magnitude;
  return Math.max(((doubleWords[1] as number) >>> 20) - 1023, smallestExponent);
}

/** A magnitude rounded to the format's steps. A sum whose last bit is worth one step rounds as it must. */
function roundMagnitude(magnitude: number, format: Format): number {
  if (magnitude >= format.overflow) return Number.POSITIVE_INFINITY;
  const large = 2 ** (exponentOf(magnitude, format) - format.fractionBits + 52);
  const rounded = magnitude + large - large;
  return rounded >= format.overflow ? Number.POSITIVE_INFINITY : rounded;
}

/** The value of a 16-bit float that is nearest to a double. */
export function roundToHalf(value: number, type: HalfFloat): number {
  if (Number.isNaN(value)) return value;
  const rounded = roundMagnitude(Math.abs(value), formats[type]);
  return value < 0 || Object.is(value, -0) ? -rounded : rounded;
}

/** The bits of the 16-bit float that is nearest to a double. */
export function halfBits(value: number, type: HalfFloat): number {
  const format = formats[type];
  if (Number.isNaN(value)) return format.nan;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = roundMagnitude(Math.abs(value), format);
  if (magnitude === Number.POSITIVE_INFINITY) return sign | format.infinity;
  const exponent = exponentOf(magnitude, format);
  // In steps: 2^fractionBits of them, or more, are a normal number, whose leading one adds 1 to the exponent field.
  const steps = magnitude * 2 ** (format.fractionBits - exponent);
  return sign | (((exponent - format.smallestExponent) << format.fractionBits) + steps);
}

const single = new Float32Array(1);
const singleWord = new Uint32Array(single.buffer);

/** The value of a float16 given by its bits. */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The value of a bfloat16 given by its bits. */
export function bfloat16ToNumber(bits: number): number {
  singleWord[0] = bits << 16;
  return single[0] as number;
}

/** Rounds numbers to 16-bit floats, into `out` where it is given. */
export function encodeHalf(
  values: ArrayLike<number>,
  type: HalfFloat,
  out: Uint16Array = new Uint16Array(values.length),
): Uint16Array {
  if (values instanceof Float32Array) {
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
    if (type === 'float16') singlesToFloat16(words, out);
    else singlesToBfloat16(words, out);
    return out;
  }
  for (let i = 0; i < values.length; i++) out[i] = halfBits(values[i] as number, type);
  return out;
}

const SINGLE_INFINITY = 0x7f800000;

/**
 * `halfBits` of float32 given by its bits, for whole models: what is cut off is rounded by adding just less than half a step,
 * and a whole half where the step is odd.
 */
function singlesToFloat16(words: Uint32Array, out: Uint16Array): void {
  const { nan, infinity } = formats.float16;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    const magnitude = word & 0x7fffffff;
    const sign = (word >>> 16) & 0x8000;
    if (magnitude > SINGLE_INFINITY) out[i] = nan;
    // 2^16 and more.
    else if (magnitude >= 0x47800000) out[i] = sign | infinity;
    // 2^-14 and more, the normal numbers: the exponent is counted from another beginning.
    else if (magnitude >= 0x38800000) {
      out[i] = sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
    } else {
      // Beside a half, a float32 has the steps of the smallest float16.
      singleWord[0] = magnitude;
      single[0] = (single[0] as number) + 0.5;
      out[i] = sign | ((singleWord[0] as number) - 0x3f000000);
    }
  }
}

function singlesToBfloat16(words: Uint32Array, out: Uint16Array): void {
  const { nan } = formats.bfloat16;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    out[i] = (word & 0x7fffffff) > SINGLE_INFINITY ? nan : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
}

/** Rounds numbers to values of 16-bit floats. */
export function roundToHalves(values: ArrayLike<number>, type: HalfFloat): Float32Array<ArrayBuffer> {
  return decodeHalf(encodeHalf(values, type), type);
}

/** The value of every float16, made when it is first wanted: reading the logits of a model is looking up as many. */
let float16Values: Float32Array | undefined;

/** 16-bit floats as float32, which holds each of their values exactly. */
export function decodeHalf(bits: Uint16Array, type: HalfFloat): Float32Array<ArrayBuffer> {
  const out = new Float32Array(bits.length);
  if (type === 'bfloat16') {
    const words = new Uint32Array(out.buffer);
    for (let i = 0; i < bits.length; i++) words[i] = (bits[i] as number) << 16;
    return out;
  }
  float16Values ??= Float32Array.from({ length: 2 ** 16 }, (_, i) => float16ToNumber(i));
  for (let i = 0; i < bits.length; i++) out[i] = float16Values[bits[i] as number] as number;
  return out;
}
