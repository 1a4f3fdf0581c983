import { z } from 'zod';
import type { FinishReason, TextPiece, TextUsage, TokenLogprob } from './textGenerator.ts';

/** What OpenAI-compatible endpoints answer, as far as it is used here; what else they say is passed over. */

const usage = z
  .object({ prompt_tokens: z.number(), completion_tokens: z.number().optional() })
  .nullish()
  .transform((value): TextUsage | null =>
    value ? { promptTokens: value.prompt_tokens, completionTokens: value.completion_tokens ?? 0 } : null,
  );

/** Reasons that nobody here has heard of are an end all the same. */
const finishReason = z
  .string()
  .nullish()
  .transform((value): FinishReason | null => {
    if (!value) return null;
    return value === 'length' || value === 'content_filter' || value === 'tool_calls' ? value : 'stop';
  });

const chatLogprobs = z
  .object({
    content: z
      .array(
        z.object({
          token: z.string(),
          logprob: z.number(),
          top_logprobs: z.array(z.object({ token: z.string(), logprob: z.number() })).default([]),
        }),
      )
      .nullish(),
  })
  .nullish()
  .transform((value): readonly TokenLogprob[] =>
    (value?.content ?? []).map(({ token, logprob, top_logprobs }) => ({ token, logprob, top: top_logprobs })),
  );

const completionLogprobs = z
  .object({
    tokens: z.array(z.string()),
    token_logprobs: z.array(z.number().nullable()),
    top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
  })
  .nullish()
  .transform((value): readonly TokenLogprob[] =>
    (value?.tokens ?? []).map((token, i) => ({
      token,
      logprob: value?.token_logprobs[i] ?? 0,
      top: Object.entries(value?.top_logprobs?.[i] ?? {})
        .map(([name, logprob]) => ({ token: name, logprob }))
        .sort((a, b) => b.logprob - a.logprob),
    })),
  );

const said = z.object({ content: z.string().nullish() }).nullish();

const chat = z
  .object({
    choices: z.array(
      z.object({ message: said, delta: said, finish_reason: finishReason, logprobs: chatLogprobs }),
    ),
    usage,
  })
  .transform(({ choices, usage }): TextPiece => {
    const [choice] = choices;
    return {
      text: choice?.delta?.content ?? choice?.message?.content ?? '',
      finishReason: choice?.finish_reason ?? null,
      usage,
      logprobs: choice?.logprobs ?? [],
    };
  });

const completion = z
  .object({
    choices: z.array(
      z.object({ text: z.string().nullish(), finish_reason: finishReason, logprobs: completionLogprobs }),
    ),
    usage,
  })
  .transform(({ choices, usage }): TextPiece => {
    const [choice] = choices;
    return {
      text: choice?.text ?? '',
      finishReason: choice?.finish_reason ?? null,
      usage,
      logprobs: choice?.logprobs ?? [],
    };
  });

/** Answers, whole or in pieces, as pieces of text. */
export const pieceAnswers = { chat, completions: completion } as const;

export const embeddingsAnswer = z.object({
  data: z.array(z.object({ index: z.number(), embedding: z.array(z.number()) })),
  usage,
});

/** What a stream says when something goes wrong after it has begun. */
export const errorAnswer = z.object({ error: z.object({ message: z.string() }) });
