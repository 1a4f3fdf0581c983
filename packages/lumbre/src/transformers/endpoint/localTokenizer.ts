import type { PreTrainedTokenizer } from '../../tokenizers/index.ts';
import type { ChatMessage } from './textGenerator.ts';

/** What a local model's tokenizer must do to be written and answered with. */
export interface LocalTokenizer {
  /** A beginning, with what the model was taught to find before one. */
  encode(text: string): Int32Array;
  /** A conversation, up to where the answer begins. @throws NoChatTemplateError */
  encodeChat(messages: readonly ChatMessage[]): Int32Array;
  decode(ids: Int32Array, options?: { readonly skipSpecialTokens?: boolean }): string;
}

/** A conversation for a model that has not learned to have one. */
export class NoChatTemplateError extends Error {
  override readonly name = 'NoChatTemplateError';
  readonly code = 'transformers.noChatTemplate';

  constructor(model: string) {
    super(`${model} has no chat template: it goes on with texts, and answers nobody. Give it a beginning.`);
  }
}

/** A text or a conversation that cannot become tokens of the model. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly code = 'transformers.input';
}

/** The tokenizer of a model of Hugging Face's. */
export function pretrainedLocalTokenizer(name: string, tokenizer: PreTrainedTokenizer): LocalTokenizer {
  return {
    encode: (text) => Int32Array.from(tokenizer.encode(text)),
    encodeChat(messages) {
      if (tokenizer.chatTemplates.size === 0) throw new NoChatTemplateError(name);
      try {
        const text = tokenizer.applyChatTemplate(
          messages.map((message) => ({ ...message })),
          { tokenize: false, addGenerationPrompt: true },
        );
        return Int32Array.from(tokenizer.encode(text, { addSpecialTokens: false }));
      } catch (error) {
        // Templates refuse roles and orders that they do not know.
        throw new InputError(error instanceof Error ? error.message : String(error), { cause: error });
      }
    },
    decode: (ids, options) => tokenizer.decode(ids, options),
  };
}
