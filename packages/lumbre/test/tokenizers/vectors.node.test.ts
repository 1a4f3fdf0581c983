import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cleanUpTokenization } from '../../src/tokenizers/decoders/words.ts';
import { bertTokenizer, gpt2Tokenizer } from '../../src/tokenizers/legacy.ts';

const folder = fileURLToPath(new URL('../../../../../shared/fixtures/tokenizers/', import.meta.url));
if (!existsSync(folder)) {
  console.warn("shared/fixtures not found: tests of GPT-2's and BERT's own vocabularies passed over");
}

interface Vector {
  readonly text: string;
  readonly text_pair?: string;
  readonly tokens: readonly string[];
  readonly ids: readonly number[];
  readonly decoded: string;
}

describe.skipIf(!existsSync(folder))('vocabularies of published models', () => {
  const read = (name: string): string => readFileSync(`${folder}${name}`, 'utf8');
  const vectors = (): Record<string, Record<string, Vector>> => JSON.parse(read('vectors.json'));

  test("GPT-2's encoder.json and vocab.bpe", () => {
    const tokenizer = gpt2Tokenizer(read('gpt2/encoder.json'), read('gpt2/vocab.bpe'));
    expect(tokenizer.vocabSize).toBe(50257);
    for (const [name, { text, tokens, ids, decoded }] of Object.entries(vectors().gpt2 ?? {})) {
      const encoding = tokenizer.encode(text);
      expect(encoding.tokens, name).toEqual(tokens);
      expect(encoding.ids, name).toEqual(ids);
      expect(tokenizer.encodeIds(text), name).toEqual(ids);
      // What was decoded there had spaces before signs taken away.
      expect(cleanUpTokenization(tokenizer.decode(ids)), name).toBe(decoded);
    }
  });

  test("BERT's vocab.txt", () => {
    const tokenizer = bertTokenizer(read('bert-base-uncased/vocab.txt'));
    expect(tokenizer.vocabSize).toBe(30522);
    for (const [name, { text, text_pair: pair, tokens, ids, decoded }] of Object.entries(
      vectors().bert ?? {},
    )) {
      expect(tokenizer.encode(text, { pair, addSpecialTokens: false }).tokens, name).toEqual(tokens);
      expect(tokenizer.encode(text, { pair }).ids, name).toEqual(ids);
      if (pair === undefined) expect(tokenizer.encodeIds(text), name).toEqual(ids);
      expect(cleanUpTokenization(tokenizer.decode(ids, { skipSpecialTokens: false })), name).toBe(decoded);
    }
  });
});
