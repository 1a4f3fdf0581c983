import { compile, randn, type Tensor } from '../../index.ts';
import { type Measured, type MeasureOptions, measure } from './measure.ts';

/** How large the workloads are. */
export interface Sizes {
  /** Rows and columns of the matrices. */
  readonly matmul: number;
  /** Elements of the vector. */
  readonly elements: number;
}

/** A rate or a time, as it was in the best sample and in the middle one. */
export interface Figure {
  readonly best: number;
  readonly median: number;
  readonly samples: number;
}

export interface Speed extends Sizes {
  readonly device: string;
  /** GFLOP/s of a product of matrices in float32. */
  readonly gflops: Figure;
  /** GB/s, read and written, of y = 2x + 1. */
  readonly gigabytes: Figure;
  /** Microseconds of a call of a compiled x + 1 on 16 elements. */
  readonly microseconds: Figure;
}

const MEBI = 1 << 20;
/** Far beyond any cache; on js, what takes about as long. */
export const sizesFor = (device: string): Sizes =>
  device === 'js' ? { matmul: 128, elements: MEBI / 4 } : { matmul: 1024, elements: 16 * MEBI };

/** Elements of the small program. */
export const FEW = 16;
/** A float is read and another one written. */
const BYTES_AN_ELEMENT = 8;
const WORKLOADS = 3;

/** Times a compiled function whose result nobody wants. */
async function time(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  options: MeasureOptions,
): Promise<Measured | null> {
  const compiled = compile(fn);
  try {
    for (const input of inputs) input.realize();
    return await measure(() => compiled(...inputs).dispose(), options);
  } finally {
    compiled.dispose();
    for (const input of inputs) input.dispose();
  }
}

/** Work by the second, in billions: milliseconds hold a millionth of them. */
const rate = (work: number, { best, median, samples }: Measured): Figure => ({
  best: work / best / 1e6,
  median: work / median / 1e6,
  samples,
});

/** How fast a device is. @returns `null` after Ctrl-C */
export async function measureSpeed(
  device: string,
  sizes: Sizes,
  { milliseconds, signal }: MeasureOptions,
): Promise<Speed | null> {
  const { matmul: n, elements } = sizes;
  // Of each share, a quarter goes by while it warms up.
  const options = { milliseconds: (milliseconds / WORKLOADS) * 0.75, signal };
  const square = () => randn([n, n], { device });
  const product = await time((a, b) => (a as Tensor).matmul(b as Tensor), [square(), square()], options);
  if (!product) return null;
  const stream = await time((x) => (x as Tensor).mul(2).add(1), [randn([elements], { device })], options);
  if (!stream) return null;
  const call = await time((x) => (x as Tensor).add(1), [randn([FEW], { device })], options);
  if (!call) return null;
  return {
    device,
    ...sizes,
    gflops: rate(2 * n ** 3, product),
    gigabytes: rate(BYTES_AN_ELEMENT * elements, stream),
    microseconds: { best: call.best * 1000, median: call.median * 1000, samples: call.samples },
  };
}
