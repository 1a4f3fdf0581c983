import { describe, expect, test } from 'vitest';
import { noGrad, tensor } from '../../../src/index.ts';
import { LlamaForCausalLM } from '../../../src/transformers/causal/llama.ts';
import {
  GenerationCache,
  RepetitionPenaltyLogitsProcessor,
  streamTokens,
} from '../../../src/transformers/generation/index.ts';
import { fillWeights } from '../../fixtures/transformers/generationModels.ts';
import { type ModelName, rowsOf, tinyModel } from './fixture.ts';

const names: readonly ModelName[] = ['gpt2', 'llama'];

/** Some tokens, none of them special. */
const prompt = (length: number, seed: number): number[] =>
  Array.from({ length }, (_, i) => ((i * 7 + seed * 5 + ((i * seed) % 3)) % 40) + 4);

describe.each(names)('%s', (name) => {
  test('a batch that is padded on the left writes what each prompt gets alone', async () => {
    const model = tinyModel(name);
    const prompts = [3, 9, 1, 6].map((length, i) => prompt(length, i + 1));
    const inputIds = prompts.map((ids) => [...new Array<number>(9 - ids.length).fill(3), ...ids]);
    const attentionMask = prompts.map((ids) => [
      ...new Array<number>(9 - ids.length).fill(0),
      ...ids.map(() => 1),
    ]);
    for (const options of [{}, { numBeams: 3 }, { noRepeatNgramSize: 2 }]) {
      const settings = { ...options, maxNewTokens: 15, eosTokenId: null, padTokenId: null };
      const together = await model.generate(inputIds, { ...settings, attentionMask });
      for (const [i, ids] of prompts.entries()) {
        const alone = await model.generate([ids], settings);
        expect([...(alone[0] as Int32Array)].slice(ids.length)).toEqual(rowsOf(together)[i]?.slice(9));
        alone.dispose();
      }
      together.dispose();
    }
    model.dispose();
  });

  test('keys and values that are kept change nothing, whatever the pieces that a prompt comes in', async () => {
    const model = tinyModel(name);
    for (const length of [1, 2, 5, 8, 9, 13, 31, 33, 40, 47, 64, 66]) {
      const settings = { maxLength: Math.min(length + 14, 81), eosTokenId: null };
      const cached = await model.generate([prompt(length, length)], settings);
      const uncached = await model.generate([prompt(length, length)], { ...settings, useCache: false });
      expect(rowsOf(cached), `${length} tokens`).toEqual(rowsOf(uncached));
      cached.dispose();
      uncached.dispose();
    }
    model.dispose();
  });

  test('with padding, beams and several texts a prompt, neither', async () => {
    const model = tinyModel(name);
    const inputIds = [prompt(12, 1), [3, 3, 3, ...prompt(9, 2)]];
    const attentionMask = inputIds.map((row) => row.map((id) => (id === 3 ? 0 : 1)));
    for (const options of [
      { numBeams: 3, numReturnSequences: 2 },
      { doSample: true, seed: 5, numReturnSequences: 3, topK: 5 },
      { numBeams: 2, doSample: true, seed: 6, numReturnSequences: 2, topK: 6 },
    ]) {
      const settings = { ...options, attentionMask, maxNewTokens: 9 };
      const cached = await model.generate(inputIds, settings);
      const uncached = await model.generate(inputIds, { ...settings, useCache: false });
      expect(rowsOf(cached)).toEqual(rowsOf(uncached));
      expect(cached.shape[0]).toBe(2 * options.numReturnSequences);
      cached.dispose();
      uncached.dispose();
    }
    model.dispose();
  });

  test('what streams is what comes back', async () => {
    const model = tinyModel(name);
    const settings = { doSample: true, seed: 3, numReturnSequences: 2, maxNewTokens: 12 };
    const whole = await model.generate([prompt(4, 1)], settings);
    const columns: number[][] = [[], []];
    for await (const { tokens } of streamTokens(model, [prompt(4, 1)], settings)) {
      for (const [row, token] of tokens.entries()) columns[row]?.push(token);
    }
    expect(rowsOf(whole).map((row) => row.slice(4))).toEqual(columns);
    const streamed: number[][] = [];
    let ends = 0;
    const one = await model.generate([prompt(4, 1)], {
      maxNewTokens: 5,
      streamer: { put: (tokens) => void streamed.push([...tokens]), end: () => void ends++ },
    });
    expect(streamed.flat()).toEqual(rowsOf(one)[0]);
    expect(streamed[0]).toEqual(prompt(4, 1));
    expect(ends).toBe(1);
    whole.dispose();
    one.dispose();
    model.dispose();
  });
});

test('the same seed draws the same texts, another seed others', async () => {
  const model = tinyModel('gpt2');
  const settings = { doSample: true, maxNewTokens: 20, eosTokenId: null };
  const texts: string[] = [];
  for (const seed of [1, 1, 2]) {
    const ids = await model.generate([prompt(4, 1)], { ...settings, seed });
    texts.push(rowsOf(ids).join());
    ids.dispose();
  }
  expect(texts[0]).toBe(texts[1]);
  expect(texts[0]).not.toBe(texts[2]);
  model.dispose();
});

test('several calls at a time do not disturb each other', async () => {
  const model = tinyModel('llama');
  const prompts = [prompt(5, 1), prompt(9, 2), prompt(5, 3), prompt(30, 4)];
  const settings = { maxNewTokens: 12, eosTokenId: null };
  const alone: number[][][] = [];
  for (const ids of prompts) {
    const out = await model.generate([ids], settings);
    alone.push(rowsOf(out));
    out.dispose();
  }
  const together = await Promise.all(prompts.map((ids) => model.generate([ids], settings)));
  expect(together.map(rowsOf)).toEqual(alone);
  for (const out of together) out.dispose();
  model.dispose();
});

test('a model that is trained further writes with its new weights', async () => {
  const model = tinyModel('gpt2');
  const other = tinyModel('gpt2');
  const settings = { maxNewTokens: 12, eosTokenId: null };
  const before = await model.generate([prompt(4, 1)], settings);
  const [weight, same] = [model, other].map((one) => one.namedParameters().get('transformer.wpe.weight'));
  for (const one of [weight, same]) one?.assign(one.detach().mul(3).realize());
  const after = await model.generate([prompt(4, 1)], settings);
  const fresh = await other.generate([prompt(4, 1)], settings);
  expect(rowsOf(after)).toEqual(rowsOf(fresh));
  expect(rowsOf(after)).not.toEqual(rowsOf(before));
  for (const out of [before, after, fresh]) out.dispose();
  model.dispose();
  other.dispose();
});

describe('a cache', () => {
  test.each(names)('goes on where a text of %s begins to differ, and changes nothing', async (name) => {
    const model = tinyModel(name);
    const cache = new GenerationCache();
    const options = { maxNewTokens: 6, eosTokenId: null };
    let text = prompt(9, 1);
    for (const more of [[], [8, 9], prompt(20, 3)]) {
      text = [...text, ...more];
      const plain = await model.generate([text], options);
      const kept = await model.generate([text], { ...options, cache });
      expect(rowsOf(kept)).toEqual(rowsOf(plain));
      // All but the last token has been read.
      expect(cache.length).toBe(text.length + 5);
      text = [...(kept[0] as Int32Array)];
      plain.dispose();
      kept.dispose();
    }
    // Another text, or a part of the one before.
    for (const other of [prompt(30, 5), text.slice(0, 12), text.slice(0, 1)]) {
      const plain = await model.generate([other], options);
      const kept = await model.generate([other], { ...options, cache });
      expect(rowsOf(kept)).toEqual(rowsOf(plain));
      plain.dispose();
      kept.dispose();
    }
    await expect(model.generate([[5], [6]], { cache })).rejects.toThrow('number of prompts');
    await expect(model.generate([[5]], { cache, numBeams: 2 })).rejects.toThrow('one text a prompt');
    const first = model.generate([[5]], { ...options, cache });
    await expect(model.generate([[5]], { ...options, cache })).rejects.toThrow('in use');
    (await first).dispose();
    cache.dispose();
    model.dispose();
  });

  test('goes on with padded prompts', async () => {
    const model = tinyModel('llama');
    const cache = new GenerationCache();
    const rows = [prompt(9, 1), [3, 3, 3, ...prompt(6, 2)]];
    const settings = { maxNewTokens: 5, eosTokenId: null };
    const first = await model.generate(rows, { ...settings, cache });
    const longer = rowsOf(first).map((row) => [...row, 7, 8]);
    const attentionMask = longer.map((row, i) => row.map((_, at) => (i === 1 && at < 3 ? 0 : 1)));
    const plain = await model.generate(longer, { ...settings, attentionMask });
    const kept = await model.generate(longer, { ...settings, attentionMask, cache });
    expect(rowsOf(kept)).toEqual(rowsOf(plain));
    for (const out of [first, plain, kept]) out.dispose();
    cache.dispose();
    model.dispose();
  });
});

test('a window that is full grows, and the text goes on as it would have', async () => {
  const model = new LlamaForCausalLM({
    vocabSize: 30,
    hiddenSize: 8,
    intermediateSize: 12,
    numHiddenLayers: 1,
    numAttentionHeads: 2,
    maxPositionEmbeddings: 2000,
    bosTokenId: null,
    eosTokenId: null,
  });
  fillWeights(model);
  // The first window has 1024 places.
  const length = 1060;
  const out = await model.generate([[4, 5, 6]], { maxLength: length, repetitionPenalty: 1.02 });
  const text = out[0] as Int32Array;
  const ids = tensor(text, { shape: [1, length] });
  const logits = noGrad(() => model.forward(ids)).dataSync();
  const penalty = new RepetitionPenaltyLogitsProcessor(1.02);
  const expected: number[] = [];
  for (let at = 3; at < length; at++) {
    const scores = Float32Array.from(logits.subarray((at - 1) * 30, at * 30));
    penalty.process([text.subarray(0, at)], [scores]);
    expected.push(scores.indexOf(Math.max(...scores)));
  }
  expect([...text].slice(3)).toEqual(expected);
  for (const used of [out, ids]) used.dispose();
  model.dispose();
});
