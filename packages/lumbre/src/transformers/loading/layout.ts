/** How a family's checkpoints differ from its modules. All names and patterns are those of whole paths in the file. */
export interface CheckpointLayout {
  /**
   * The property in which models with a head keep the model without: `transformer`, `bert`. Checkpoints of one fit the
   * other; the prefix is put in front or taken away.
   */
  readonly baseModelPrefix: string;
  /** Weights that are `[in, out]` in the file and `[out, in]` here. */
  readonly transposed?: RegExp;
  /** What files have and models do not need: masks and frequencies that follow from the configuration. */
  readonly ignored?: RegExp;
  /** What parameters are called that went by another name in older files; the same name for all others. */
  readonly renamed?: (name: string) => string;
  /** Embeddings that are as small as they are important, and stay as they are where weights are kept in 8 bits. */
  readonly unquantized?: RegExp;
  /** Parameters of the model without a head that a file need not have: they start as they are made. */
  readonly optional?: RegExp;
}

/** The name of a file's tensor in a model, or null where it has none. */
export function nameInModel(
  { baseModelPrefix, renamed }: CheckpointLayout,
  fileName: string,
  has: (name: string) => boolean,
): string | null {
  const name = renamed?.(fileName) ?? fileName;
  if (has(name)) return name;
  const prefix = `${baseModelPrefix}.`;
  const other = name.startsWith(prefix) ? name.slice(prefix.length) : prefix + name;
  return has(other) ? other : null;
}
