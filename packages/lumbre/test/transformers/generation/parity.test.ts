import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../../src/index.ts';
import type { CausalModel } from '../../../src/transformers/causal/causalModel.ts';
import {
  disposeOutput,
  type Generated,
  generated,
  type ModelName,
  rowsOf,
  tinyModel,
  tinyTokenizer,
} from './fixture.ts';

async function check(model: CausalModel, one: Generated): Promise<void> {
  const title = `${JSON.stringify(one.inputIds)} ${JSON.stringify(one.options)}`;
  const out = await model.generate(one.inputIds, {
    ...one.options,
    tokenizer: tinyTokenizer,
    returnDictInGenerate: true,
    outputScores: true,
  });
  expect(rowsOf(out.sequences), title).toEqual(one.sequences);
  const last = out.scores?.at(-1)?.dataSync().subarray(0, model.config.vocabSize) as Float32Array;
  const finite = last.filter(Number.isFinite);
  expect(finite.length, title).toBe(one.lastScores.finite);
  const sum = finite.reduce((total, score) => total + score, 0);
  expect(Math.abs(sum - one.lastScores.sum) / Math.max(1, Math.abs(sum)), title).toBeLessThan(1e-4);
  if (one.sequencesScores) {
    const scores = out.sequencesScores?.dataSync() as Float32Array;
    for (const [i, score] of one.sequencesScores.entries()) {
      expect(Math.abs((scores[i] as number) - score) / Math.max(1, Math.abs(score)), title).toBeLessThan(
        1e-5,
      );
    }
    expect(rowsOf(out.beamIndices as Tensor), title).toEqual(one.beamIndices);
  }
  disposeOutput(out);
}

/** What transformers writes, token for token. One model writes all, so that windows are used again and again. */
describe.each<ModelName>(['gpt2', 'llama'])('%s writes as in transformers', (name) => {
  const own = generated.filter((one) => one.model === name);

  test.each([
    ['the likeliest tokens', own.filter((one) => !one.sequencesScores)],
    ['with beams', own.filter((one) => one.sequencesScores)],
  ])('%s', async (_, cases) => {
    expect(cases.length).toBeGreaterThan(20);
    const model = tinyModel(name);
    for (const one of cases) await check(model, one);
    model.dispose();
  });
});
