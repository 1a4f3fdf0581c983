import type { CausalModel } from '../causal/causalModel.ts';
import { streamTokens } from './generate.ts';
import { type InputIds, readPrompts } from './inputs.ts';
import type { GenerateOptions, Streamer } from './prepare.ts';
import { TextStream } from './textStream.ts';
import type { TextTokenizer } from './textTokenizer.ts';

export interface StreamOptions extends GenerateOptions {
  readonly tokenizer: TextTokenizer;
  /** Whether special tokens are left out of the text. Default true. */
  readonly skipSpecialTokens?: boolean | undefined;
}

/**
 * Writes one text and gives it piece by piece, in whole characters, without the prompt:
 * `for await (const piece of streamGenerate(model, inputs.inputIds, { tokenizer, maxNewTokens: 50 }))`. The pieces
 * together are what the tokens are decoded to at once. Leaving the loop ends the writing.
 * @throws as `generate`; RangeError for more than one text.
 */
export async function* streamGenerate(
  model: CausalModel,
  inputIds: InputIds,
  { skipSpecialTokens = true, ...options }: StreamOptions,
): AsyncGenerator<string, void, undefined> {
  const stream = new TextStream(options.tokenizer, { skipSpecialTokens });
  const { rows } = await readPrompts(inputIds, { padTokenId: null, eosTokenIds: [], bosTokenId: null });
  if (rows.length !== 1 || (options.numReturnSequences ?? 1) !== 1) {
    throw new RangeError('streamGenerate: one text at a time; give one prompt, and numReturnSequences 1.');
  }
  stream.skip(rows[0] as Int32Array);
  for await (const { tokens } of streamTokens(model, inputIds, options)) {
    const piece = stream.push(tokens[0] as number);
    if (piece !== '') yield piece;
  }
  const rest = stream.end();
  if (rest !== '') yield rest;
}

export interface TextStreamerOptions {
  /** Is given each piece of text, in whole characters. */
  readonly onText: (text: string) => void | Promise<void>;
  /** Called when the text is at its end. */
  readonly onEnd?: (() => void | Promise<void>) | undefined;
  /** Whether the prompt is left out. Default false. */
  readonly skipPrompt?: boolean | undefined;
  /** Whether special tokens are left out. Default true. */
  readonly skipSpecialTokens?: boolean | undefined;
}

/** A `streamer` for `generate` that calls a function with text as it comes. */
export class TextStreamer implements Streamer {
  readonly #stream: TextStream;
  readonly #options: TextStreamerOptions;
  #isPrompt = true;

  constructor(tokenizer: TextTokenizer, options: TextStreamerOptions) {
    this.#options = options;
    this.#stream = new TextStream(tokenizer, { skipSpecialTokens: options.skipSpecialTokens ?? true });
  }

  async put(tokens: Int32Array): Promise<void> {
    if (this.#isPrompt && this.#options.skipPrompt) {
      this.#isPrompt = false;
      this.#stream.skip(tokens);
      return;
    }
    this.#isPrompt = false;
    const pieces = Array.from(tokens, (token) => this.#stream.push(token));
    await this.#tell(pieces.join(''));
  }

  async end(): Promise<void> {
    await this.#tell(this.#stream.end());
    this.#isPrompt = true;
    await this.#options.onEnd?.();
  }

  async #tell(text: string): Promise<void> {
    if (text !== '') await this.#options.onText(text);
  }
}
