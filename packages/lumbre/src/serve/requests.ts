import { z } from 'zod';

/** What requests may say, as OpenAI's interface has it. Fields that nobody here knows are passed over, as there. */

const MOST_STRINGS = 2048;

const token = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);
const tokens = z.array(token).min(1);

const bias = z
  .record(z.string().regex(/^\d{1,9}$/), z.number().min(-100).max(100))
  .refine((value) => Object.keys(value).length <= 1024, 'at most 1024 tokens')
  .nullish();

const common = {
  model: z.string().optional(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(-1).nullish(),
  n: z.int().min(1).max(128).nullish(),
  seed: z
    .int()
    .min(-(2 ** 53 - 1))
    .nullish(),
  stop: z.union([z.string().min(1).max(1000), z.array(z.string().min(1).max(1000)).max(16)]).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  logit_bias: bias,
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  user: z.string().nullish(),
};

export const completionRequest = z.object({
  ...common,
  prompt: z.union([
    z.string(),
    tokens,
    z.array(z.string()).min(1).max(MOST_STRINGS),
    z.array(tokens).min(1).max(MOST_STRINGS),
  ]),
  max_tokens: z.int().min(0).nullish(),
  logprobs: z.int().min(0).max(20).nullish(),
  echo: z.boolean().nullish(),
  best_of: z.int().nullish(),
  suffix: z.string().nullish(),
});

const part = z.object({ type: z.literal('text'), text: z.string() });

const content = z
  .union([z.string(), z.array(part).transform((parts) => parts.map(({ text }) => text).join(''))])
  .nullish()
  .transform((value) => value ?? '');

export const chatRequest = z.object({
  ...common,
  messages: z
    .array(
      z.object({
        role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
        content,
        name: z.string().optional(),
      }),
    )
    .min(1),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  tools: z.array(z.unknown()).max(0, 'functions cannot be called here').nullish(),
  response_format: z.object({ type: z.literal('text', 'only text can be answered here') }).nullish(),
});

export const embeddingRequest = z.object({
  model: z.string().optional(),
  input: z.union([
    z.string(),
    tokens,
    z.array(z.string()).min(1).max(MOST_STRINGS),
    z.array(tokens).min(1).max(MOST_STRINGS),
  ]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
});

export type CompletionRequest = z.infer<typeof completionRequest>;
export type ChatRequest = z.infer<typeof chatRequest>;
export type EmbeddingRequest = z.infer<typeof embeddingRequest>;

/** One text or tokens, or several, as several. */
export function several(input: EmbeddingRequest['input']): readonly (string | Int32Array)[] {
  if (typeof input === 'string') return [input];
  if (typeof input[0] === 'number') return [Int32Array.from(input as number[])];
  return (input as (string | number[])[]).map((one) =>
    typeof one === 'string' ? one : Int32Array.from(one),
  );
}
