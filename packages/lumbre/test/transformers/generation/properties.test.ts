import { describe, expect, test } from 'vitest';
import { streamTokens } from '../../../src/transformers/generation/index.ts';
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
