import { describe, expect, test } from 'vitest';
import { memoryRepository } from '../../src/hub/index.ts';
import { PreTrainedTokenizer, TokenizerError } from '../../src/tokenizers/index.ts';
import families from '../fixtures/tokenizers/chatTemplates.json' with { type: 'json' };
import tokenizers from '../fixtures/tokenizers/tokenizers.json' with { type: 'json' };

interface Case {
  readonly messages: readonly { readonly role: string; readonly [field: string]: unknown }[];
  /** Named as in Python. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly text?: string;
  readonly ids?: readonly number[];
  /** Why the template refuses the conversation. */
  readonly error?: string;
}

const load = (template: string) =>
  PreTrainedTokenizer.fromPretrained(
    memoryRepository([
      ['tokenizer.json', JSON.stringify(tokenizers.byteLevel)],
      ['tokenizer_config.json', JSON.stringify({ bos_token: '<s>', eos_token: '</s>' })],
      ['chat_template.jinja', template],
    ]),
  );

const optionsOf = ({ options }: Case) => ({
  addGenerationPrompt: options.add_generation_prompt === true,
  continueFinalMessage: options.continue_final_message === true,
  tools: (options.tools as readonly unknown[] | undefined) ?? null,
});

describe('transformers writes conversations the same, or refuses them for the same reason', () => {
  test.each(families.map(({ name, template, cases }) => [name, template, cases] as const))(
    '%s',
    async (_, template, cases) => {
      const tokenizer = await load(template);
      for (const one of cases as unknown as readonly Case[]) {
        const options = optionsOf(one);
        const where = JSON.stringify([one.messages, one.options]);
        if (one.error !== undefined) {
          const render = () => tokenizer.applyChatTemplate(one.messages, { ...options, tokenize: false });
          expect(render, where).toThrow(TokenizerError);
          expect(render, where).toThrow(one.error);
          continue;
        }
        expect(tokenizer.applyChatTemplate(one.messages, { ...options, tokenize: false }), where).toBe(
          one.text,
        );
        const { inputIds } = tokenizer.applyChatTemplate(one.messages, { ...options, returnTensors: false });
        expect(inputIds, where).toEqual(one.ids);
      }
    },
  );
});
