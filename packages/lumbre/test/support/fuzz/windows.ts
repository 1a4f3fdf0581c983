import type { Argument } from '../call.ts';
import { type Candidate, call, isFloatValue, ref } from './elementwise.ts';
import type { Exactness, Value, Workbench } from './workbench.ts';

const hasElements = ({ data }: Value): boolean => data.length > 0;

/** An image, [channels, height, width], or several. */
const imageOf = (bench: Workbench, suits: (value: Value) => boolean): Value | undefined =>
  bench.pick((v) => v.shape.length >= 3 && v.shape.length <= 4 && hasElements(v) && suits(v));

const calling = (name: string, args: readonly Argument[], exactness: Exactness): ReturnType<Candidate> => ({
  step: { function: name, args },
  exactness,
});

const slices: Candidate = (bench) => {
  const { random } = bench;
  const value = bench.pick((v) => v.shape.length > 0 && hasElements(v));
  if (!value) return null;
  const axis = random.integer(0, value.shape.length - 1);
  const size = random.integer(1, Math.min(4, value.shape[axis] as number));
  return call(value, 'unfold', [axis, size, random.integer(1, 3)]);
};

const convolution: Candidate = (bench) => {
  const { random } = bench;
  const x = imageOf(bench, isFloatValue);
  if (!x) return null;
  const [channels, height, width] = x.shape.slice(-3) as [number, number, number];
  const groups = channels % 2 === 0 && random.chance(0.3) ? 2 : random.chance(0.2) ? channels : 1;
  const kernel = [random.integer(1, Math.min(3, height)), random.integer(1, Math.min(3, width))];
  const weight = bench.leaf([groups * random.integer(1, 3), channels / groups, ...kernel], 'float');
  const options = {
    groups,
    stride: random.integer(1, 2),
    padding: [random.integer(0, 1), random.integer(0, 2)],
    ...(random.chance(0.3) && 2 * Math.max(...kernel) - 1 <= Math.min(height, width) ? { dilation: 2 } : {}),
  };
  return calling('conv2d', [ref(x), ref(weight), options], 'multiplies');
};

const transposedConvolution: Candidate = (bench) => {
  const { random } = bench;
  const x = imageOf(bench, isFloatValue);
  if (!x) return null;
  const channels = x.shape.at(-3) as number;
  const weight = bench.leaf(
    [channels, random.integer(1, 2), random.integer(1, 3), random.integer(2, 3)],
    'float',
  );
  const options = { stride: random.integer(1, 2), ...(random.chance(0.3) ? { padding: [0, 1] } : {}) };
  const small = x.shape.slice(-2).every((size) => size >= 2);
  return small ? calling('convTranspose2d', [ref(x), ref(weight), options], 'multiplies') : null;
};

/** Windows that fit the image, and as much padding as they may have. */
function windowArguments({ random }: Workbench, { shape }: Value): [number[], { [name: string]: Argument }] {
  const kernel = shape.slice(-2).map((size) => random.integer(1, Math.min(3, size)));
  const padding = kernel.map((size) => random.integer(0, Math.floor(size / 2)));
  return [kernel, { stride: random.integer(1, 3), padding }];
}

const largest: Candidate = (bench) => {
  // Which of two that are nearly equal is larger must be the same for everybody.
  const x = imageOf(bench, (v) => v.dtype !== 'bool' && (v.exact || !bench.wantsGradient));
  if (!x) return null;
  const [kernel, options] = windowArguments(bench, x);
  return calling('maxPool2d', [ref(x), kernel, { ...options, ceilMode: bench.random.chance(0.3) }], 'keeps');
};

const averages: Candidate = (bench) => {
  const x = imageOf(bench, isFloatValue);
  if (!x) return null;
  const [kernel, options] = windowArguments(bench, x);
  const countIncludePad = bench.random.chance(0.5);
  return calling('avgPool2d', [ref(x), kernel, { ...options, countIncludePad }], 'rounds');
};

const columns: Candidate = (bench) => {
  const x = imageOf(bench, () => true);
  return x ? calling('unfold', [ref(x), ...windowArguments(bench, x)], 'keeps') : null;
};

const resized: Candidate = (bench) => {
  const { random } = bench;
  const x = bench.pick((v) => v.shape.length === 4 && hasElements(v) && isFloatValue(v));
  if (!x) return null;
  const size = x.shape.slice(-2).map((n) => (random.chance(0.5) ? 2 * n : random.integer(1, 6)));
  return random.chance(0.5)
    ? calling('interpolate', [ref(x), { size }], 'keeps')
    : calling(
        'interpolate',
        [ref(x), { size, mode: 'bilinear', alignCorners: random.chance(0.5) }],
        'rounds',
      );
};

/** Equations by the rank of a first operand; the second has a shape that fits. */
const named: Candidate = (bench) => {
  const { random } = bench;
  const a = bench.pick(
    (v) => isFloatValue(v) && v.shape.length >= 1 && v.shape.length <= 3 && hasElements(v),
  );
  if (!a) return null;
  const letters = 'abc'.slice(0, a.shape.length);
  const size = new Map([...letters].map((letter, axis) => [letter, a.shape[axis] as number]));
  size.set('d', random.integer(1, 4));
  const other = random.shuffle([...letters, 'd']).slice(0, random.integer(1, 3));
  const all = [...new Set([...letters, ...other])];
  const output = random.shuffle(all).slice(0, random.integer(0, all.length));
  // Of long sums that nearly cancel, float32 keeps few digits.
  const summed = all.filter((letter) => !output.includes(letter));
  if (summed.reduce((count, letter) => count * (size.get(letter) as number), 1) > 128) return null;
  const b = bench.leaf(
    other.map((letter) => size.get(letter) as number),
    'float',
  );
  return calling(
    'einsum',
    [`${letters},${other.join('')}->${output.join('')}`, ref(a), ref(b)],
    'multiplies',
  );
};

export const windowCandidates: readonly Candidate[] = [
  slices,
  convolution,
  convolution,
  transposedConvolution,
  largest,
  averages,
  columns,
  resized,
  named,
  named,
];
