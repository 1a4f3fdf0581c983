/** The sizes and choices of a GPT; names as in nanoGPT and, with underscores, in minGPT and Hugging Face's files. */
export interface GPTConfig {
  readonly vocabSize: number;
  /** How many tokens it can look back on. */
  readonly blockSize: number;
  readonly nLayer: number;
  readonly nHead: number;
  /** The width; nHead divides it. */
  readonly nEmbd: number;
  /** Default 0. */
  readonly dropout?: number;
  /** Whether layers have biases. Default true. */
  readonly bias?: boolean;
  /** Whether the projection to queries, keys and values has one; `bias` unless given. */
  readonly qkvBias?: boolean;
  /** GELU by the error function (nanoGPT), or by the approximation of GPT-2. Default `none`. */
  readonly geluApproximate?: 'none' | 'tanh';
  /** Whether the last layer's weight is the token embedding's. Default true. */
  readonly tieWeights?: boolean;
  /**
   * The standard deviation of the first weights. Default 0.02, GPT-2's, which is right for widths near 768; narrow
   * models learn much faster from about 1/√nEmbd.
   */
  readonly initStd?: number;
}

const sizes = ['vocabSize', 'blockSize', 'nLayer', 'nHead', 'nEmbd'] as const;

/**
 * Fills in the defaults.
 * @throws RangeError that names the setting that is wrong: for values from a file or a command line.
 */
export function completeGPTConfig(config: GPTConfig): Required<GPTConfig> {
  for (const name of sizes) {
    const value: unknown = config[name];
    if (!Number.isSafeInteger(value) || (value as number) < 1) {
      throw new RangeError(`GPT: ${name} must be a positive integer, not ${JSON.stringify(value)}.`);
    }
  }
  const { bias = true, dropout = 0 } = config;
  if (config.nEmbd % config.nHead !== 0) {
    throw new RangeError(
      `GPT: nEmbd ${config.nEmbd} does not divide into ${config.nHead} equal heads; choose a multiple of nHead.`,
    );
  }
  const complete = {
    dropout,
    bias,
    qkvBias: bias,
    geluApproximate: 'none' as const,
    tieWeights: true,
    initStd: 0.02,
    ...config,
  };
  if (!(complete.dropout >= 0 && complete.dropout < 1)) {
    throw new RangeError(`GPT: dropout must be at least 0 and less than 1, not ${complete.dropout}.`);
  }
  if (!(complete.initStd > 0))
    throw new RangeError(`GPT: initStd must be positive, not ${complete.initStd}.`);
  if (complete.geluApproximate !== 'none' && complete.geluApproximate !== 'tanh') {
    throw new RangeError(`GPT: geluApproximate must be 'none' or 'tanh', not '${complete.geluApproximate}'.`);
  }
  return complete;
}
