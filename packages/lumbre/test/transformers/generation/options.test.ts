import { describe, expect, test } from 'vitest';
import { tensor } from '../../../src/index.ts';
import { GenerationConfig, type LogitsFunction } from '../../../src/transformers/generation/index.ts';
import { rowsOf, tinyModel } from './fixture.ts';

describe('GenerationConfig', () => {
  test('is read from a file of Hugging Face, and written as it was', () => {
    const file = {
      _from_model_config: true,
      bos_token_id: 1,
      do_sample: true,
      eos_token_id: [2, 5],
      temperature: 0.6,
      top_p: 0.9,
      top_k: 0,
      transformers_version: '4.45.0',
      cache_implementation: 'hybrid',
    };
    const config = GenerationConfig.fromJSON(file);
    expect(config.settings).toEqual({
      bosTokenId: 1,
      doSample: true,
      eosTokenId: [2, 5],
      temperature: 0.6,
      topP: 0.9,
      topK: 0,
    });
    expect(JSON.parse(JSON.stringify(config))).toEqual(file);
    expect(GenerationConfig.fromJSON(new Map(Object.entries(file))).settings).toEqual(config.settings);
  });

  test('takes -1 and empty lists for none, and old defaults for what they are', () => {
    const config = GenerationConfig.fromJSON({
      pad_token_id: -1,
      eos_token_id: [],
      num_beam_groups: 1,
      temperature: 0,
    });
    expect(config.complete()).toMatchObject({ padTokenId: null, eosTokenId: null, temperature: 1, topK: 50 });
  });

  test('what is told in a call counts, and null takes away', () => {
    const config = new GenerationConfig({ topK: 5, eosTokenId: 2, numBeams: 3 });
    expect(config.complete({ topK: 7, eosTokenId: null, numBeams: undefined })).toMatchObject({
      topK: 7,
      eosTokenId: null,
      numBeams: 3,
    });
    expect(config.complete({ topK: null }).topK).toBe(0);
    expect(config.with({ topK: 9 }).settings).toEqual({ topK: 9, eosTokenId: 2, numBeams: 3 });
  });

  test.each<[object, string]>([
    [{ maxNewToken: 5 }, "there is no option 'maxNewToken'. Do you mean maxNewTokens"],
    [{ max_new_tokens: 5 }, 'Do you mean maxNewTokens?'],
    [{ topk: 5 }, 'Do you mean topK'],
    [{ xyzzy: 5 }, "there is no option 'xyzzy'."],
    [{ toString: 5 }, "there is no option 'toString'."],
    [
      { temperature: 0 },
      'temperature must be a number above 0; for the likeliest tokens set doSample to false, not 0',
    ],
    [{ topP: 1.5 }, 'topP must be from 0 to 1, not 1.5'],
    [{ maxNewTokens: 0 }, 'maxNewTokens must be a whole number, at least 1, not 0'],
    [{ numBeams: 2.5 }, 'numBeams'],
    [{ eosTokenId: -1 }, 'eosTokenId must be a token id'],
    [{ badWordsIds: [[]] }, 'badWordsIds'],
    [{ stopStrings: '' }, 'stopStrings'],
    [{ earlyStopping: 'always' }, 'earlyStopping'],
    [{ numBeamGroups: 2 }, 'numBeamGroups = 2 is not supported'],
    [{ penaltyAlpha: 0.6 }, 'penaltyAlpha'],
    [{ numReturnSequences: 2 }, 'there is one likeliest text only'],
    [{ numBeams: 2, numReturnSequences: 3 }, 'must not be more than numBeams'],
    [{ forcedEosTokenId: 2, suppressTokens: [2] }, 'is also in suppressTokens'],
  ])('says what is wrong with %j', (options, message) => {
    expect(() => new GenerationConfig().complete(options)).toThrow(message);
  });

  test('a file that asks for what is not there is refused', () => {
    expect(() => GenerationConfig.fromJSON({ force_words_ids: [[1]] })).toThrow('forceWordsIds');
    expect(() => GenerationConfig.fromJSON({ top_k: 'many' })).toThrow('topK');
    expect(() => GenerationConfig.fromJSON([])).toThrow('object');
    const hostile = JSON.parse('{"__proto__": {"topK": 3}, "constructor": 1}') as object;
    expect(GenerationConfig.fromJSON(hostile).complete().topK).toBe(50);
  });
});

describe('generate', () => {
  test('takes prompts as tensors and arrays, and gives rows that can be picked', async () => {
    const model = tinyModel('gpt2');
    const settings = { maxNewTokens: 3, eosTokenId: null };
    const ids = tensor(Int32Array.of(5, 6, 7), { shape: [1, 3] });
    const all: number[][] = [];
    for (const given of [
      ids,
      tensor(Int32Array.of(5, 6, 7)),
      [[5, 6, 7]],
      [5, 6, 7],
      Int32Array.of(5, 6, 7),
    ]) {
      const out = await model.generate(given, settings);
      expect(out.dtype).toBe('int32');
      expect(out.shape).toEqual([1, 6]);
      expect(out[0]).toBeInstanceOf(Int32Array);
      expect([...(out[0] as Int32Array)]).toEqual(rowsOf(out)[0]);
      all.push([...(out[0] as Int32Array)]);
    }
    for (const one of all) expect(one).toEqual(all[0]);
    const empty = await model.generate(null, settings);
    expect([...(empty[0] as Int32Array)].slice(0, 1)).toEqual([1]);
    model.dispose();
  });

  test('says what is wrong before it computes', async () => {
    const model = tinyModel('gpt2');
    const failing = async (ids: number[][] | null, options: object, message: string) =>
      await expect(model.generate(ids, options)).rejects.toThrow(message);
    await failing([[5]], { maxNewTokns: 3 }, "there is no option 'maxNewTokns'. Do you mean maxNewTokens");
    await failing([[5, 6], [7]], {}, 'pad the short ones on the left');
    await failing([[5, 6, 3]], {}, 'pad on the left');
    await failing(
      [[5, 6]],
      { attentionMask: [[1, 1, 1]] },
      'attentionMask [1, 3] does not fit inputIds [1, 2]',
    );
    await failing([[5, -6]], {}, '-6 is no token id');
    await failing([[5, 999]], { maxNewTokens: 2 }, '999');
    await failing([[5, 6]], { maxLength: 2 }, 'the prompt has 2 tokens and maxLength is 2');
    await failing([[5, 6]], { maxNewTokens: 80 }, 'at most 79 new tokens fit');
    await failing([new Array<number>(81).fill(5)], {}, 'has 80 positions; shorten it');
    await failing([[5]], { stopStrings: 'x' }, 'pass it: { tokenizer }');
    await failing(null, { bosTokenId: null }, 'the prompt is empty');
    await failing([[5]], { numBeams: 2, streamer: { put() {}, end() {} } }, 'streamer');
    await failing([[5]], { suppressTokens: Array.from({ length: 48 }, (_, i) => i) }, 'no token is left');
    await failing([[5]], { logitsProcessor: [((_, s) => s.fill(Number.NaN)) as LogitsFunction] }, 'NaN');
    model.dispose();
  });

  test('stops where it is told', async () => {
    const model = tinyModel('llama');
    const settings = { maxNewTokens: 30, eosTokenId: null };
    const whole = await model.generate([[5, 6, 7]], settings);
    const text = [...(whole[0] as Int32Array)];
    const stopped = await model.generate([[5, 6, 7]], {
      ...settings,
      stoppingCriteria: [(ids) => ids.length === 9],
    });
    expect([...(stopped[0] as Int32Array)]).toEqual(text.slice(0, 9));
    const late = await model.generate([[5, 6, 7]], { ...settings, maxTime: 0 });
    expect(late.shape[1]).toBe(4);
    const controller = new AbortController();
    const aborting = model.generate([[5, 6, 7]], {
      ...settings,
      signal: controller.signal,
      stoppingCriteria: [
        (ids) => {
          if (ids.length === 8) controller.abort(new Error('enough'));
          return false;
        },
      ],
    });
    await expect(aborting).rejects.toThrow('enough');
    for (const out of [whole, stopped, late]) out.dispose();
    model.dispose();
  });

  test('scores are changed by functions of one’s own, and only allowed tokens come', async () => {
    const model = tinyModel('gpt2');
    const seen: number[] = [];
    const only: LogitsFunction = (ids, scores, row) => {
      seen.push(row);
      scores.fill(Number.NEGATIVE_INFINITY);
      scores[ids.length] = 0;
    };
    const out = await model.generate([[5], [6]], { maxNewTokens: 4, logitsProcessor: [only] });
    expect(rowsOf(out)).toEqual([
      [5, 1, 2, 3, 4],
      [6, 1, 2, 3, 4],
    ]);
    expect(seen).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
    const allowed = await model.generate([[5], [6]], {
      maxNewTokens: 6,
      numBeams: 2,
      eosTokenId: null,
      prefixAllowedTokensFn: (batch, ids) => (ids.length % 2 === 1 ? [10 + batch, 12 + batch] : [20, 30]),
    });
    for (const [batch, row] of rowsOf(allowed).entries()) {
      for (const [i, token] of row.slice(1).entries()) {
        expect(i % 2 === 0 ? [10 + batch, 12 + batch] : [20, 30]).toContain(token);
      }
    }
    out.dispose();
    allowed.dispose();
    model.dispose();
  });
});
