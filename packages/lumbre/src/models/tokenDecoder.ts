import type { NumericArray } from '../graph/dtype.ts';
import type { Module } from '../nn/index.ts';
import type { Tensor } from '../tensor/tensor.ts';

export interface DecoderOptions {
  /** How many texts are written side by side. Default 1. */
  readonly batch?: number;
}

/** Reads tokens one by one and says, after each, how likely every token is to be the next. */
export interface TokenDecoder {
  /** How many texts are written side by side. */
  readonly batch: number;
  readonly vocabSize: number;
  /**
   * Forgets everything and reads a prompt that all texts begin with.
   * @returns the logits of the token after it, `batch · vocabSize` values
   * @throws RangeError for an empty prompt.
   */
  start(prompt: ArrayLike<number>): Promise<NumericArray>;
  /**
   * Adds one token to each text.
   * @returns the logits of the token after it, `batch · vocabSize` values
   */
  next(tokens: Int32Array): Promise<NumericArray>;
  /** Gives back what it holds; the model stays. */
  dispose(): void;
}

/** A model that can write: `generate` and `generateMany` ask no more of it. */
export interface TokenWriter {
  decoder(options?: DecoderOptions): TokenDecoder;
}

/** The tokens of a prompt. @throws RangeError for an empty one. */
export function checkPrompt(decoder: string, prompt: ArrayLike<number>): number[] {
  if (prompt.length > 0) return Array.from(prompt);
  throw new RangeError(`${decoder}: the prompt is empty; begin with at least one token.`);
}

/** @throws RangeError unless there is one token for each text. */
export function checkTokens(decoder: string, tokens: Int32Array, batch: number): void {
  if (tokens.length === batch) return;
  throw new RangeError(`${decoder}: expected ${batch} tokens, one for each text, got ${tokens.length}.`);
}

/** Runs `fn` with the model in evaluation mode. */
export function evaluating<T>(model: Module, fn: () => T): T {
  if (!model.training) return fn();
  model.eval();
  try {
    return fn();
  } finally {
    model.train();
  }
}

/** Reads logits and gives back their memory. */
export async function readLogits(logits: Tensor): Promise<NumericArray> {
  try {
    return await logits.data();
  } finally {
    logits.dispose();
  }
}
