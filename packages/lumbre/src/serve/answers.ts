import type { FinishReason, TextUsage, TokenLogprob } from '../transformers/endpoint/index.ts';

/** Answers in the shapes of OpenAI's interface. */

export const usageAnswer = ({ promptTokens, completionTokens }: TextUsage) => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
});

const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)];

export const chatLogprobs = (tokens: readonly TokenLogprob[]) => ({
  content: tokens.map(({ token, logprob, top }) => ({
    token,
    logprob,
    bytes: bytesOf(token),
    top_logprobs: top.map((one) => ({ ...one, bytes: bytesOf(one.token) })),
  })),
  refusal: null,
});

/** @param offset where in the text the first token begins */
export function completionLogprobs(tokens: readonly TokenLogprob[], offset: number) {
  let at = offset;
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top }) =>
      Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset: tokens.map(({ token }) => {
      const start = at;
      at += token.length;
      return start;
    }),
  };
}

/** A choice as a whole, or the next piece of one. */
export interface ChoicePart {
  readonly index: number;
  readonly text: string;
  readonly finishReason: FinishReason | null;
  readonly logprobs: readonly TokenLogprob[] | null;
  /** How many characters of the choice came before. */
  readonly offset: number;
}

/** What tells one interface from the other. */
export interface AnswerShape {
  readonly prefix: string;
  readonly whole: string;
  readonly piece: string;
  choice(part: ChoicePart): object;
  pieceOfChoice(part: ChoicePart): object;
}

const textChoice = ({ index, text, finishReason, logprobs, offset }: ChoicePart) => ({
  text,
  index,
  logprobs: logprobs && completionLogprobs(logprobs, offset),
  finish_reason: finishReason,
});

export const completionShape: AnswerShape = {
  prefix: 'cmpl',
  whole: 'text_completion',
  piece: 'text_completion',
  choice: textChoice,
  pieceOfChoice: textChoice,
};

export const chatShape: AnswerShape = {
  prefix: 'chatcmpl',
  whole: 'chat.completion',
  piece: 'chat.completion.chunk',
  choice: ({ index, text, finishReason, logprobs }) => ({
    index,
    message: { role: 'assistant', content: text, refusal: null },
    logprobs: logprobs && chatLogprobs(logprobs),
    finish_reason: finishReason,
  }),
  pieceOfChoice: ({ index, text, finishReason, logprobs, offset }) => ({
    index,
    // The first piece says who speaks, the last one says nothing.
    delta: {
      ...(offset === 0 && finishReason === null && { role: 'assistant' }),
      ...((finishReason === null || text !== '') && { content: text }),
    },
    logprobs: logprobs && chatLogprobs(logprobs),
    finish_reason: finishReason,
  }),
};
