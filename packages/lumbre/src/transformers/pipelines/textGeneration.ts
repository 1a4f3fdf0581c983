import type { ChatMessage, PreTrainedTokenizer } from '../../tokenizers/index.ts';
import type { CausalModel } from '../causal/causalModel.ts';
import { type GenerateOptions, generate } from '../generation/index.ts';

/** A conversation, the turns in order. */
export type Chat = readonly ChatMessage[];

export interface TextGenerationOptions
  extends Omit<GenerateOptions, 'returnDictInGenerate' | 'attentionMask'> {
  /** Whether the prompt, or the conversation, is part of what is given. Default true. */
  readonly returnFullText?: boolean | undefined;
  /** Whether special tokens are put around the prompt; a conversation's template has its own. Default true. */
  readonly addSpecialTokens?: boolean | undefined;
  /** Whether special tokens are left out of the text. Default true. */
  readonly skipSpecialTokens?: boolean | undefined;
}

export interface GeneratedText {
  readonly generatedText: string;
}

export interface GeneratedChat {
  /** The conversation with the answer; without `returnFullText` the answer's text alone. */
  readonly generatedText: Chat | string;
}

/** How free texts are written unless the model or the caller say otherwise, as in transformers. */
const DEFAULT_NEW_TOKENS = 256;
const DEFAULT_TEMPERATURE = 0.7;

/** Options with what is usual for free texts, where neither the caller nor the model's own settings say it. */
function withDefaults({ generationConfig }: CausalModel, options: GenerateOptions): GenerateOptions {
  const told = { ...generationConfig.settings, ...(options.generationConfig?.settings ?? {}), ...options };
  const isBounded = (told.maxNewTokens ?? told.maxLength ?? null) !== null;
  // Whoever says how to draw has decided; beams are searched unless drawing is asked for.
  const isDrawn = (told.doSample ?? null) !== null || (told.numBeams ?? 1) > 1;
  return {
    ...(isBounded ? {} : { maxNewTokens: DEFAULT_NEW_TOKENS }),
    ...(isDrawn ? {} : { doSample: true, temperature: told.temperature ?? DEFAULT_TEMPERATURE }),
    ...options,
  };
}

/** The texts that a model writes for each prompt or conversation: `numReturnSequences` of them each. */
export async function writeTexts(
  model: CausalModel,
  tokenizer: PreTrainedTokenizer,
  prompts: readonly (string | Chat)[],
  {
    returnFullText = true,
    addSpecialTokens = true,
    skipSpecialTokens = true,
    ...options
  }: TextGenerationOptions,
): Promise<(GeneratedText | GeneratedChat)[][]> {
  const settings = withDefaults(model, { tokenizer, ...options });
  const results: (GeneratedText | GeneratedChat)[][] = [];
  // One after another: each ends when it is done, and none waits for the longest.
  for (const prompt of prompts) {
    const goesOn = typeof prompt !== 'string' && prompt.at(-1)?.role === 'assistant';
    const ids =
      typeof prompt === 'string'
        ? tokenizer.encode(prompt, { addSpecialTokens })
        : tokenizer.applyChatTemplate(prompt, { addGenerationPrompt: !goesOn, continueFinalMessage: goesOn })
            .inputIds;
    const written = await generate(model, ids, { ...settings, returnDictInGenerate: false });
    try {
      // An empty prompt begins with one token, which begins texts.
      const begun = Math.max(ids.length, 1);
      const texts = Array.from({ length: written.shape[0] as number }, (_, row) =>
        tokenizer.decode((written[row] as Int32Array).subarray(begun), { skipSpecialTokens }),
      );
      results.push(texts.map((text) => told(prompt, text, returnFullText, goesOn)));
    } finally {
      written.dispose();
    }
  }
  return results;
}

function told(
  prompt: string | Chat,
  text: string,
  returnFullText: boolean,
  goesOn: boolean,
): GeneratedText | GeneratedChat {
  if (!returnFullText) return { generatedText: text };
  if (typeof prompt === 'string') return { generatedText: prompt + text };
  const last = prompt.at(-1);
  if (!goesOn || !last) return { generatedText: [...prompt, { role: 'assistant', content: text }] };
  return { generatedText: [...prompt.slice(0, -1), { ...last, content: `${String(last.content)}${text}` }] };
}
