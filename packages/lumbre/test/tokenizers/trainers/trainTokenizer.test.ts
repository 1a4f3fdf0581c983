import { describe, expect, test } from 'vitest';
import { AddedToken } from '../../../src/tokenizers/addedToken.ts';
import { ByteLevel as ByteLevelDecoder } from '../../../src/tokenizers/decoders/index.ts';
import { BPE, Unigram, WordLevel, WordPiece } from '../../../src/tokenizers/models/index.ts';
import { ByteLevel, Metaspace, Whitespace } from '../../../src/tokenizers/preTokenizers/index.ts';
import { Tokenizer } from '../../../src/tokenizers/tokenizer.ts';
import {
  BpeTrainer,
  characterTokenizer,
  retrain,
  type TrainingProgress,
  trainTokenizer,
  UnigramTrainer,
  WordLevelTrainer,
  WordPieceTrainer,
} from '../../../src/tokenizers/trainers/index.ts';
import { optionsOf, probes, type ReferenceCase, referenceCases, referenceLines } from './reference.ts';

const trainers = { BpeTrainer, WordPieceTrainer, WordLevelTrainer, UnigramTrainer };

/** The tokenizer of a case as it was before it was trained. */
function untrained({ trainer, tokenizer }: ReferenceCase): Tokenizer {
  const nothing = trainer === 'UnigramTrainer' ? { vocab: [], unk_id: null } : { vocab: {} };
  const merges = trainer === 'BpeTrainer' ? { merges: [] } : {};
  return Tokenizer.fromJSON({ ...tokenizer, model: { ...tokenizer.model, ...nothing, ...merges } });
}

async function trained(one: ReferenceCase): Promise<Tokenizer> {
  const tokenizer = untrained(one);
  const Trainer = trainers[one.trainer as keyof typeof trainers];
  await trainTokenizer(tokenizer, referenceLines, new Trainer(optionsOf(one)));
  return tokenizer;
}

describe('the reference library writes the same tokenizer.json, and encodes the same', () => {
  test.each([...referenceCases])('$name', async (one) => {
    const tokenizer = await trained(one);
    const { added_tokens: added, ...json } = tokenizer.toJSON();
    const { vocab, merges, ...model } = json.model as Record<string, unknown>;
    expect({ ...json, model }).toEqual(one.tokenizer);
    const specialTokens = (one.options.special_tokens ?? []) as readonly string[];
    const idOf = (token: string) => one.vocab.findIndex((entry) => entry === token || entry[0] === token);
    expect(added).toEqual(
      specialTokens.map((content) => ({
        id: idOf(content),
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
    );
    if (one.trainer === 'UnigramTrainer') {
      // Which of the lost characters gets which score is drawn by lot in the reference.
      expect((vocab as unknown[]).length).toBe(one.vocab.length);
      return;
    }
    expect(Object.keys(vocab as object).length).toBe(one.vocab.length);
    expect(one.vocab.map((token) => (vocab as Record<string, number>)[token as string])).toEqual(
      one.vocab.map((_, id) => id),
    );
    if (merges) expect((merges as string[][]).map((merge) => merge.join(' '))).toEqual(one.merges);
    expect(probes.map((probe) => tokenizer.encode(probe, { addSpecialTokens: false }).ids)).toEqual(one.ids);
  });
});

test('what was trained can be read back, and decodes what it encodes', async () => {
  const [one] = referenceCases as readonly [ReferenceCase];
  const tokenizer = await trained(one);
  const again = Tokenizer.fromJSON(JSON.stringify(tokenizer.toJSON()));
  for (const probe of probes) {
    const { ids } = again.encode(probe);
    expect(ids).toEqual(tokenizer.encode(probe).ids);
    expect(again.decode(ids)).toBe(probe);
  }
});

test('characters', async () => {
  const tokenizer = characterTokenizer();
  const specialTokens = ['[UNK]', '[PAD]'];
  await trainTokenizer(tokenizer, ['añb\n🔥', 'aab'], new WordLevelTrainer({ specialTokens }));
  expect([...tokenizer.vocab().keys()]).toEqual(['[UNK]', '[PAD]', 'a', 'b', '\n', 'ñ', '🔥']);
  const { ids, offsets } = tokenizer.encode('ñ🔥\n?');
  expect(ids).toEqual([5, 6, 4, 0]);
  expect(offsets[1]).toEqual([1, 3]);
  expect(tokenizer.decode(ids)).toBe('ñ🔥\n');
});

test('a model that falls back on bytes gets their tokens, which are no special ones', async () => {
  const tokenizer = new Tokenizer(new BPE({ byteFallback: true, unkToken: '<unk>' }));
  tokenizer.preTokenizer = new Metaspace();
  await trainTokenizer(tokenizer, ['hola hola'], new BpeTrainer({ specialTokens: ['<unk>'] }));
  expect(tokenizer.tokenToId('<0x00>')).toBe(1);
  expect(tokenizer.tokenToId('<0xFF>')).toBe(256);
  expect([...tokenizer.addedTokens.values()].map(({ content }) => content)).toEqual(['<unk>']);
  expect(tokenizer.encode('ñ').tokens).toEqual(['▁', '<0xC3>', '<0xB1>']);
  const unigram = new Tokenizer(new Unigram({ vocab: [], byteFallback: true }));
  await trainTokenizer(unigram, ['hola hola'], new UnigramTrainer({ unkToken: '<unk>', vocabSize: 300 }));
  expect(unigram.encode('ñ').tokens).toEqual(['<0xC3>', '<0xB1>']);
});

test('a trainer of another model is refused before anything is read', async () => {
  const tokenizer = new Tokenizer(new WordPiece());
  const texts = {
    [Symbol.iterator]: () => {
      throw new Error('read');
    },
  };
  const trained = trainTokenizer(tokenizer, texts, new BpeTrainer());
  await expect(trained).rejects.toThrow(
    /BpeTrainer trains BPE, and the tokenizer has a model of type WordPiece/,
  );
  for (const [trainer, model] of [
    [new WordPieceTrainer(), new BPE()],
    [new WordLevelTrainer(), new BPE()],
    [new UnigramTrainer(), new WordLevel()],
  ] as const) {
    expect(() => trainer.check(model)).toThrow(TypeError);
    await expect(trainer.train(new Map(), model)).rejects.toThrow(TypeError);
  }
});

test('a training that is stopped leaves the tokenizer as it was', async () => {
  const tokenizer = new Tokenizer(new BPE());
  tokenizer.preTokenizer = new Whitespace();
  const { model } = tokenizer;
  const controller = new AbortController();
  const seen: TrainingProgress[] = [];
  const training = trainTokenizer(tokenizer, referenceLines, new BpeTrainer({ specialTokens: ['<s>'] }), {
    length: 10,
    signal: controller.signal,
    onProgress: (progress) => {
      seen.push(progress);
      if (progress.stage === 'merges') controller.abort(new Error('enough'));
    },
  });
  await expect(training).rejects.toThrow('enough');
  expect([...new Set(seen.map(({ stage }) => stage))]).toEqual(['words', 'pairs', 'merges']);
  expect(tokenizer.model).toBe(model);
  expect(tokenizer.addedTokens.size).toBe(0);
});

describe('a new vocabulary for the stages of another tokenizer', () => {
  const texts = referenceLines;

  test('byte level, with added tokens', async () => {
    const old = new Tokenizer(new BPE());
    old.preTokenizer = new ByteLevel({ addPrefixSpace: false });
    old.decoder = new ByteLevelDecoder();
    await trainTokenizer(old, ['abc'], new BpeTrainer({ specialTokens: ['<|endoftext|>'] }));
    old.addTokens([new AddedToken('<word>')]);
    const fresh = await retrain(old, texts, { vocabSize: 400, newSpecialTokens: ['<|user|>'] });
    expect(fresh.vocabSize).toBe(401);
    expect(fresh.tokenToId('<|endoftext|>')).toBe(0);
    expect(fresh.tokenToId('<|user|>')).toBe(1);
    expect(fresh.tokenToId('<word>')).toBe(400);
    for (const probe of probes) expect(fresh.decode(fresh.encode(probe).ids)).toBe(probe);
    // The old one is as it was.
    expect(old.tokenToId('<|user|>')).toBeUndefined();
  });

  test('the post-processor gets the new ids', async () => {
    const one = referenceCases.find(({ name }) => name === 'frequent word pieces') as ReferenceCase;
    const old = Tokenizer.fromJSON({
      ...one.tokenizer,
      model: { ...one.tokenizer.model, vocab: { a: 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3 } },
      added_tokens: [1, 2, 3].map((id) => ({
        id,
        content: ['[UNK]', '[CLS]', '[SEP]'][id - 1],
        special: true,
      })),
      post_processor: {
        type: 'TemplateProcessing',
        single: [
          { SpecialToken: { id: '[CLS]', type_id: 0 } },
          { Sequence: { id: 'A', type_id: 0 } },
          { SpecialToken: { id: '[SEP]', type_id: 0 } },
        ],
        pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
        special_tokens: {
          '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
          '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
        },
      },
    });
    const fresh = await retrain(old, texts, { vocabSize: 300 });
    expect(['[UNK]', '[CLS]', '[SEP]'].map((token) => fresh.tokenToId(token))).toEqual([0, 1, 2]);
    const { ids } = fresh.encode('banana');
    expect(ids[0]).toBe(1);
    expect(ids.at(-1)).toBe(2);
  });

  test('unigram keeps its unknown token', async () => {
    const one = referenceCases.find(({ name }) => name === 'unigram') as ReferenceCase;
    const old = await trained(one);
    const fresh = await retrain(old, texts, { vocabSize: 350 });
    expect((fresh.toJSON().model as { unk_id: number }).unk_id).toBe(fresh.tokenToId('<unk>'));
    expect(fresh.vocabSize).toBe(350);
  });
});
