import { makeBreather } from '../platform/breathe.ts';
import { Generator } from '../tensor/generator.ts';
import { checkSampling, type SamplingOptions, sampleToken } from './sampling.ts';
import type { TokenDecoder, TokenWriter } from './tokenDecoder.ts';

export interface GenerateOptions extends SamplingOptions {
  /** How many tokens to write at most. */
  readonly maxNewTokens: number;
  /** Ends a text; it is not part of it. */
  readonly stopToken?: number;
  /** The same seed gives the same text. Another each time unless given. */
  readonly seed?: number;
  /** What to draw from, instead of a seed. */
  readonly generator?: Generator;
  /** Ends the writing early. */
  readonly signal?: AbortSignal;
}

/** Writes `batch` texts side by side: at each step one token for each. */
async function* steps(
  decoder: TokenDecoder,
  prompt: ArrayLike<number>,
  options: GenerateOptions,
): AsyncGenerator<Int32Array, void, undefined> {
  checkSampling(options);
  const { maxNewTokens, signal, seed } = options;
  if (!Number.isInteger(maxNewTokens) || maxNewTokens < 0) {
    throw new RangeError(`generate: maxNewTokens must be a whole number, not ${maxNewTokens}.`);
  }
  const generator = options.generator ?? new Generator(seed);
  const breathe = makeBreather();
  const { vocabSize } = decoder;
  let tokens = new Int32Array(decoder.batch);
  for (let written = 0; written < maxNewTokens && !signal?.aborted; written++) {
    const logits = written === 0 ? await decoder.start(prompt) : await decoder.next(tokens);
    const word = generator.hostWords();
    tokens = tokens.map((_, row) =>
      sampleToken(logits.subarray(row * vocabSize, (row + 1) * vocabSize), options, word() / 2 ** 32),
    );
    yield tokens;
    await breathe();
  }
}

/**
 * Writes what follows a prompt, token by token: `for await (const token of generate(…))`.
 *
 * @param prompt at least one token
 * @throws RangeError for an empty prompt or options that make no sense.
 */
export async function* generate(
  model: TokenWriter,
  prompt: ArrayLike<number>,
  options: GenerateOptions,
): AsyncGenerator<number, void, undefined> {
  const decoder = model.decoder();
  try {
    for await (const [token] of steps(decoder, prompt, options)) {
      if (token === options.stopToken) return;
      yield token as number;
    }
  } finally {
    decoder.dispose();
  }
}

/**
 * Writes several texts that follow the same prompt, side by side, which is much faster than one after another.
 * @returns the new tokens of each text
 */
export async function generateMany(
  model: TokenWriter,
  prompt: ArrayLike<number>,
  count: number,
  options: GenerateOptions,
): Promise<number[][]> {
  if (count === 0) return [];
  const decoder = model.decoder({ batch: count });
  const texts = Array.from({ length: count }, (): number[] => []);
  const open = new Set(texts);
  try {
    for await (const tokens of steps(decoder, prompt, options)) {
      for (const [row, text] of texts.entries()) {
        if (tokens[row] === options.stopToken) open.delete(text);
        if (open.has(text)) text.push(tokens[row] as number);
      }
      if (open.size === 0) break;
    }
    return texts;
  } finally {
    decoder.dispose();
  }
}
