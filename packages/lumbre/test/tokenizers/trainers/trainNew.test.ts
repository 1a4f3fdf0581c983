import { expect, test } from 'vitest';
import { memoryRepository } from '../../../src/hub/index.ts';
import { BertTokenizer, GPT2Tokenizer } from '../../../src/tokenizers/index.ts';
import tokenizers from '../../fixtures/tokenizers/tokenizers.json' with { type: 'json' };
import { probes, referenceLines } from './reference.ts';

const repository = (json: object, config: object) =>
  memoryRepository([
    ['tokenizer.json', JSON.stringify(json)],
    ['tokenizer_config.json', JSON.stringify(config)],
  ]);

test('a pretrained tokenizer learns another vocabulary, and stays what it is', async () => {
  const config = {
    bos_token: '<s>',
    eos_token: '<s>',
    model_max_length: 77,
    chat_template: '{{ messages }}',
  };
  const old = await GPT2Tokenizer.fromPretrained(repository(tokenizers.byteLevel, config));
  const fresh = await old.trainNewFromIterator(referenceLines, 500, { newSpecialTokens: ['<new>'] });
  expect(fresh).toBeInstanceOf(GPT2Tokenizer);
  expect(fresh.backendTokenizer.model.vocabSize).toBe(500);
  expect([fresh.bosToken, fresh.eosToken, fresh.modelMaxLength]).toEqual(['<s>', '<s>', 77]);
  expect(fresh.chatTemplates).toEqual(old.chatTemplates);
  expect(fresh.bosTokenId).toBe(fresh.backendTokenizer.tokenToId('<s>'));
  expect(fresh('<new>').inputIds).toContain(fresh.backendTokenizer.tokenToId('<new>'));
  for (const probe of probes)
    expect(fresh.decode(fresh(probe).inputIds, { skipSpecialTokens: true })).toBe(probe);
});

test('what is put around texts has its new ids', async () => {
  const tokens = { cls_token: '[CLS]', sep_token: '[SEP]', unk_token: '[UNK]', pad_token: '[PAD]' };
  const vocab = Object.fromEntries(['a', '[PAD]', '[UNK]', '[CLS]', '[SEP]'].map((token, id) => [token, id]));
  const old = await BertTokenizer.fromPretrained(
    repository(
      {
        version: '1.0',
        added_tokens: Object.entries(vocab)
          .filter(([, id]) => id > 0)
          .map(([content, id]) => ({ id, content, special: true, normalized: false })),
        normalizer: { type: 'BertNormalizer' },
        pre_tokenizer: { type: 'BertPreTokenizer' },
        post_processor: { type: 'BertProcessing', sep: ['[SEP]', 4], cls: ['[CLS]', 3] },
        decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
        model: {
          type: 'WordPiece',
          vocab,
          unk_token: '[UNK]',
          continuing_subword_prefix: '##',
          max_input_chars_per_word: 100,
        },
      },
      tokens,
    ),
  );
  const fresh = await old.trainNewFromIterator(referenceLines, 300);
  const { inputIds } = fresh('banana');
  expect([inputIds[0], inputIds.at(-1)]).toEqual([fresh.clsTokenId, fresh.sepTokenId]);
  expect(fresh.clsTokenId).toBe(2);
  expect(fresh.padTokenId).toBe(0);
});
