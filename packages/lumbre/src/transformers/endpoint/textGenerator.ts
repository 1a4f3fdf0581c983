/** Who speaks in a conversation. */
export type ChatRole = 'system' | 'developer' | 'user' | 'assistant' | 'tool';

/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: ChatRole;
  readonly content: string;
  readonly name?: string;
}

/** A beginning that is written on, as a text or as token ids, or a conversation that is answered. */
export type TextInput = string | Int32Array | readonly ChatMessage[];

export const isConversation = (input: TextInput): input is readonly ChatMessage[] => Array.isArray(input);

/** How a text is written. What is left out is as the model, or the endpoint, has it. */
export interface TextOptions {
  /** Tokens at most. Default: until the text ends by itself, or the model has no room for more. */
  readonly maxNewTokens?: number | undefined;
  /** 0 always takes the likeliest token; 1 is as learned. */
  readonly temperature?: number | undefined;
  /** Only the likeliest tokens that together reach this probability are drawn from. */
  readonly topP?: number | undefined;
  /** Only so many of the likeliest; 0 is all. OpenAI's own endpoint does not know it. */
  readonly topK?: number | undefined;
  /** The same seed gives the same text: of a local model always, of an endpoint as well as it can. */
  readonly seed?: number | undefined;
  /** The text ends before any of these, and does not have it. At most 16 with 1,000 characters each. */
  readonly stop?: string | readonly string[] | undefined;
  /** Subtracted from the score of each token that has been written, -2 to 2. Default 0. */
  readonly presencePenalty?: number | undefined;
  /** The same for each time that it has been written. */
  readonly frequencyPenalty?: number | undefined;
  /** Added to the scores of tokens, by id, -100 to 100. */
  readonly logitBias?: ReadonlyMap<number, number> | undefined;
  /** For each token its log probability is given, and those of so many of the likeliest: 0 to 20. */
  readonly logprobs?: number | undefined;
  /** Ends the writing, with its reason as the error. */
  readonly signal?: AbortSignal | undefined;
}

/** How a text ended: by itself or before a stop string, at the largest length, or for a reason that an endpoint has. */
export type FinishReason = 'stop' | 'length' | 'content_filter' | 'tool_calls';

export interface TextUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** A token and the natural logarithm of its probability, before temperature and its like. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  /** The likeliest tokens at its place, the likeliest first. */
  readonly top: readonly { readonly token: string; readonly logprob: number }[];
}

export interface WrittenText {
  /** What was written, without the prompt. */
  readonly text: string;
  readonly finishReason: FinishReason | null;
  /** null where an endpoint does not say. */
  readonly usage: TextUsage | null;
  /** Where it was asked for. */
  readonly logprobs: readonly TokenLogprob[] | null;
}

/** A piece of a text. The last one says how it ended. */
export interface TextPiece {
  /** What comes next, in whole characters; it may be empty. */
  readonly text: string;
  readonly finishReason: FinishReason | null;
  /** With the last piece, where it is known. */
  readonly usage: TextUsage | null;
  /** Those of the tokens that the piece comes with. */
  readonly logprobs: readonly TokenLogprob[];
}

/** Whatever writes texts: a model of this machine, or one behind an address. */
export interface TextGenerator {
  /** What the model is called. */
  readonly name: string;
  /**
   * @throws RangeError for options that make no sense, and what goes wrong with the model or the endpoint
   */
  generate(input: TextInput, options?: TextOptions): Promise<WrittenText>;
  /** The same in pieces as they come: `for await (const { text } of model.stream(…))`. Leaving the loop ends the writing. */
  stream(input: TextInput, options?: TextOptions): AsyncIterable<TextPiece>;
}

export interface EmbeddedTexts {
  /** A vector of length 1 for each text, in their order. */
  readonly vectors: readonly Float32Array[];
  readonly promptTokens: number;
}

/** Whatever makes vectors of texts, for comparing them and for searching. */
export interface TextEmbedder {
  readonly name: string;
  embed(
    texts: readonly string[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<EmbeddedTexts>;
}

/** All pieces of a text together. */
export async function collectText(pieces: AsyncIterable<TextPiece>): Promise<WrittenText> {
  let text = '';
  let finishReason: FinishReason | null = null;
  let usage: TextUsage | null = null;
  const logprobs: TokenLogprob[] = [];
  for await (const piece of pieces) {
    text += piece.text;
    finishReason = piece.finishReason ?? finishReason;
    usage = piece.usage ?? usage;
    logprobs.push(...piece.logprobs);
  }
  return { text, finishReason, usage, logprobs: logprobs.length > 0 ? logprobs : null };
}
