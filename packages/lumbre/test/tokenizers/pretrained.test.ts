import { describe, expect, test } from 'vitest';
import { memoryFolder, memoryRepository } from '../../src/hub/index.ts';
import {
  AutoTokenizer,
  BertTokenizer,
  GPT2Tokenizer,
  models,
  PreTrainedTokenizer,
  type TokenizeOptions,
  Tokenizer,
  TokenizerError,
} from '../../src/tokenizers/index.ts';
import fixture from '../fixtures/tokenizers/pretrained.json' with { type: 'json' };
import tokenizers from '../fixtures/tokenizers/tokenizers.json' with { type: 'json' };

type Name = keyof typeof fixture.calls;

const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Names as JavaScript has them; what lies deeper stays. */
const camelCased = (options: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [camelCase(name), value]));

const repository = (name: Name, config: object = {}) =>
  memoryRepository([
    ['tokenizer.json', JSON.stringify(tokenizers[name])],
    ['tokenizer_config.json', JSON.stringify({ ...fixture.calls[name].special, ...config })],
  ]);

const load = (name: Name, config: object = {}) =>
  PreTrainedTokenizer.fromPretrained(repository(name, config));

describe('texts are encoded with the options of transformers', () => {
  for (const name of Object.keys(fixture.calls) as Name[]) {
    test(name, async () => {
      const tokenizer = await load(name);
      for (const { texts, pairs, options, decoded, ...columns } of fixture.calls[name].cases) {
        const encoded = tokenizer(texts, {
          ...(camelCased(options) as TokenizeOptions),
          textPair: pairs ?? undefined,
          returnOffsetsMapping: true,
          returnSpecialTokensMask: true,
          returnTokenTypeIds: true,
          returnTensors: false,
        });
        const { encodings: _, ...ours } = encoded;
        expect(ours, JSON.stringify([texts, pairs, options])).toEqual(columns);
        expect(tokenizer.batchDecode(encoded.inputIds as number[][], { skipSpecialTokens: true })).toEqual(
          decoded,
        );
      }
    });
  }
});

describe('what is cut off overflows', () => {
  for (const name of Object.keys(fixture.calls) as Name[]) {
    test(name, async () => {
      const { text, cases } = fixture.calls[name].overflowing;
      for (const { pair, length, stride, direction, ids, words } of cases) {
        const tokenizer = await load(name, { truncation_side: direction });
        const encoded = tokenizer([text], {
          textPair: pair === null ? undefined : [pair],
          truncation: pair === null ? true : 'only_first',
          maxLength: length,
          stride,
          returnOverflowingTokens: true,
        });
        expect(encoded.inputIds).toEqual(ids);
        expect(encoded.encodings.map((one) => one.wordIds)).toEqual(words);
        expect(encoded.overflowToSampleMapping).toEqual(ids.map(() => 0));
      }
    });
  }
});

test('conversations are written as transformers writes them', async () => {
  const tokenizer = await load('byteLevel', { bos_token: '<s>', eos_token: '</s>' });
  for (const { template, messages, options, text } of fixture.chats) {
    const ours = tokenizer.applyChatTemplate(messages, {
      ...camelCased(options),
      chatTemplate: template,
      tokenize: false,
    });
    expect(ours).toBe(text);
  }
});

test('the first lines of the plan', async () => {
  const tokenizer = await GPT2Tokenizer.fromPretrained(repository('byteLevel'));
  const inputs = tokenizer('Hola, ¿cómo estás?', { returnTensors: true });
  expect(inputs.inputIds.dtype).toBe('int32');
  expect(inputs.inputIds.shape).toEqual([1, inputs.encodings[0]?.length]);
  expect(inputs.attentionMask.arraySync()).toEqual([inputs.encodings[0]?.ids.map(() => 1)]);
  expect('tokenTypeIds' in inputs).toBe(false);
  const row = Int32Array.from([...(await inputs.inputIds.data()), tokenizer.eosTokenId ?? 0]);
  expect(tokenizer.decode(row, { skipSpecialTokens: true })).toBe('Hola, ¿cómo estás?');
  expect(tokenizer.decode(row)).toBe('Hola, ¿cómo estás?<|endoftext|>');
  expect(tokenizer.decode(inputs.inputIds)).toBe('Hola, ¿cómo estás?');
  expect(tokenizer.batchDecode(inputs.inputIds)).toEqual(['Hola, ¿cómo estás?']);
});

test('an instance is called, and is an instance', async () => {
  const tokenizer = await GPT2Tokenizer.fromPretrained(repository('byteLevel'));
  expect(tokenizer).toBeInstanceOf(GPT2Tokenizer);
  expect(tokenizer).toBeInstanceOf(PreTrainedTokenizer);
  expect(tokenizer('hola').inputIds).toEqual(tokenizer.encode('hola'));
  expect(tokenizer(['hola', 'a b']).inputIds).toEqual([tokenizer.encode('hola'), tokenizer.encode('a b')]);
  expect(tokenizer(['en', 'un'], { isSplitIntoWords: true }).encodings[0]?.wordIds.at(-1)).toBe(1);
  expect(tokenizer.size).toBe(tokenizer.getVocab().size);
  expect(tokenizer.convertIdsToTokens(tokenizer.encode('en'))).toEqual(tokenizer.tokenize('en'));
  expect(tokenizer.convertTokensToIds(tokenizer.tokenize('en'))).toEqual(tokenizer.encode('en'));
});

test('what is missing is said', async () => {
  const gpt2 = await GPT2Tokenizer.fromPretrained(repository('byteLevel', { pad_token: null }));
  expect(() => gpt2(['a', 'b c d e'], { padding: true })).toThrow(/no padding token.*eosToken/s);
  expect(() => gpt2(['a', 'b c d e f'], { returnTensors: true })).toThrow(/one length/);
  expect(() => gpt2.applyChatTemplate([{ role: 'user', content: 'hola' }])).toThrow(/no chat template/);
  gpt2.padToken = gpt2.eosToken;
  expect(gpt2(['a', 'b c d e f'], { padding: true, returnTensors: true }).inputIds.shape[0]).toBe(2);
  expect(() =>
    gpt2.applyChatTemplate([], { chatTemplate: '{% for x in range(10**12) %}{% endfor %}' }),
  ).toThrow(TokenizerError);
  expect(() => gpt2.applyChatTemplate([], { chatTemplate: '{{ raise_exception("no") }}' })).toThrow(/no/);
  expect(() => gpt2.applyChatTemplate([], { chatTemplate: '{% if %}' })).toThrow(/cannot be read/);
  await expect(AutoTokenizer.fromPretrained(memoryRepository([['config.json', '{}']]))).rejects.toThrow(
    /no tokenizer that is known here.*tokenizer\.json/,
  );
});

test('the class is the one that the files name', async () => {
  const auto = (config: object, more: [string, string][] = []) =>
    AutoTokenizer.fromPretrained(
      memoryRepository([
        ['tokenizer.json', JSON.stringify(tokenizers.bertUncased)],
        ['tokenizer_config.json', JSON.stringify(config)],
        ...more,
      ]),
    );
  const bert = await auto({ tokenizer_class: 'BertTokenizerFast', model_max_length: 512 });
  expect(bert).toBeInstanceOf(BertTokenizer);
  expect(bert.modelMaxLength).toBe(512);
  expect(bert.maskToken).toBe('[MASK]');
  expect(bert('hola').tokenTypeIds).toHaveLength(bert('hola').inputIds.length);
  expect(await auto({}, [['config.json', '{"model_type":"bert"}']])).toBeInstanceOf(BertTokenizer);
  expect((await auto({})).constructor).toBe(PreTrainedTokenizer);
});

test('what is written is read again', async () => {
  const tokenizer = await load('byteFallback', {
    model_max_length: 77,
    padding_side: 'left',
    chat_template: '{{ messages }}',
  });
  tokenizer.addSpecialTokens({ maskToken: '<mask>', additionalSpecialTokens: ['<tool>'] });
  const target = memoryFolder();
  expect(await tokenizer.savePretrained(target)).toContain('tokenizer.json');
  const again = await AutoTokenizer.fromPretrained(memoryRepository(target.files));
  for (const text of ['Hola <mask> <tool>', 'ñandú 😀'])
    expect(again(text).inputIds).toEqual(tokenizer(text).inputIds);
  expect(again.maskTokenId).toBe(tokenizer.maskTokenId);
  expect(again.allSpecialTokens).toEqual(tokenizer.allSpecialTokens);
  expect([again.modelMaxLength, again.paddingSide]).toEqual([77, 'left']);
  expect(again.chatTemplates).toEqual(tokenizer.chatTemplates);
  expect(JSON.parse(JSON.stringify(again.backendTokenizer))).toEqual(
    JSON.parse(JSON.stringify(tokenizer.backendTokenizer)),
  );
});

test('every tokenizer.json is written as it was read', () => {
  for (const json of Object.values(tokenizers)) {
    const tokenizer = Tokenizer.fromJSON(json);
    const again = JSON.parse(JSON.stringify(tokenizer));
    const { merges, ...model } = json.model as Record<string, unknown>;
    const pairs = (merges as string[] | undefined)?.map((merge) => merge.split(' '));
    expect(again).toEqual({ ...json, model: pairs ? { ...model, merges: pairs } : model });
  }
  expect(new Tokenizer(new models.BPE()).encode('abc').ids).toEqual([]);
});
