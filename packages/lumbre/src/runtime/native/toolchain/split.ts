/** A kernel to be compiled: a definition of the C function `kernel_<key>`. */
export interface KernelSource {
  readonly key: string;
  readonly source: string;
}

/** A file with fewer kernels, or less text, is not worth another process. */
const FILE_KERNELS = 6;
const FILE_CHARACTERS = 60_000;

/**
 * Spreads kernels over files that are compiled side by side, of about the same length. The same kernels in another order
 * give the same files, so that processes which compile the same make the same libraries.
 * @param most how many files at most
 */
export function splitKernels(kernels: readonly KernelSource[], most: number): KernelSource[][] {
  const characters = kernels.reduce((sum, { source }) => sum + source.length, 0);
  const wanted = Math.ceil(Math.max(kernels.length / FILE_KERNELS, characters / FILE_CHARACTERS));
  const count = Math.max(1, Math.min(most, wanted, kernels.length));
  const files = Array.from({ length: count }, () => ({ characters: 0, kernels: [] as KernelSource[] }));
  // The longest first, each into the file that is shortest so far.
  const sorted = [...kernels].sort((a, b) => b.source.length - a.source.length || (a.key < b.key ? -1 : 1));
  for (const kernel of sorted) {
    const shortest = files.reduce((least, file) => (file.characters < least.characters ? file : least));
    shortest.kernels.push(kernel);
    shortest.characters += kernel.source.length;
  }
  return files.map((file) => file.kernels);
}
