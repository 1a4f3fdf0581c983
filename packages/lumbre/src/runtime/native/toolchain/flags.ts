import { environment } from '#platform';
import type { Compiler } from './compiler.ts';

/**
 * How kernels are compiled. No flag lets the compiler change a result: products and sums are fused where the source says
 * so, and nowhere else. What is given up is errno and the trapping of floating-point exceptions, which nobody looks at.
 */
const KERNEL_FLAGS = [
  '-std=gnu11',
  '-fPIC',
  '-shared',
  '-fno-math-errno',
  '-fno-trapping-math',
  '-ffp-contract=off',
  '-fno-strict-aliasing',
  // Integers wrap, as in the loop language.
  '-fwrapv',
  '-w',
];

/** The user's own, from `LUMBRE_CFLAGS`: sanitizers, debug information. */
export const userFlags = (): string[] =>
  (environment('LUMBRE_CFLAGS') ?? '').split(/\s+/).filter((flag) => flag !== '');

/** Compilers halve vectors of 512 bits unless told not to. */
const widest = ({ features }: Compiler): string[] =>
  features.lanes === 16 ? ['-mprefer-vector-width=512'] : [];

/** What a compiler gets for a file of kernels, but for the files' names. */
export const kernelFlags = (compiler: Compiler): readonly string[] => [
  '-O2',
  ...compiler.machineFlags,
  ...widest(compiler),
  ...KERNEL_FLAGS,
  ...userFlags(),
];

/** The same for the addon, which has threads and calls Node. */
export const addonFlags = (compiler: Compiler): readonly string[] => [
  '-O2',
  ...compiler.machineFlags,
  ...KERNEL_FLAGS,
  '-pthread',
  // What Node offers is found when the addon is loaded.
  ...(process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []),
  ...userFlags(),
];

/** Libraries, which come after the files that need them. */
export const libraries: readonly string[] = ['-lm', ...(process.platform === 'linux' ? ['-ldl'] : [])];
