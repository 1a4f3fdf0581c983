import { expect, test } from 'vitest';
import { type LoadedMusic, readMidi } from '../../src/data/index.ts';
import { musicGan } from '../../src/recipes/music/musicGan.ts';
import { musicGpt } from '../../src/recipes/music/musicGpt.ts';
import { lastSample, tryRecipe, workshopWith } from './support.ts';

/** Chords of three or four notes, each held for two steps, round and round, in several keys. */
const piece = (key: number, steps: number): Int32Array[] =>
  Array.from({ length: steps }, (_, step) => {
    const chord = [
      [48, 64, 67],
      [53, 60, 65, 69],
      [55, 62, 67, 71],
      [48, 60, 64],
    ][(step >> 1) % 4] as number[];
    return Int32Array.from(chord, (pitch) => pitch + key);
  });

const chords: LoadedMusic = {
  kind: 'music',
  name: 'chords',
  train: [0, 2, 5, 7].map((key) => piece(key, 24)),
  validation: [piece(3, 24)],
  test: [piece(1, 24), piece(4, 20)],
  stepsPerQuarter: 1,
};
const workshop = workshopWith(chords);

test('a GPT composes, goes on, and is measured by an n-gram', async () => {
  const overrides = {
    model: { nLayer: 1, nHead: 2, nEmbd: 32, blockSize: 32, initStd: 0.2, maxTokens: 60 },
    train: { steps: 60, evalInterval: 30, batchSize: 4, lr: 0.01, warmupSteps: 5, evalBatches: 1 },
  };
  const { creation, events, config } = await tryRecipe(musicGpt, workshop, overrides, 40);
  expect(config.model).toMatchObject({ stepsPerQuarter: 1 });
  const sample = lastSample(events);
  expect(sample).toMatchObject({
    kind: 'midi',
    picture: { shape: [expect.any(Number), expect.any(Number), 3] },
  });
  const figures = (await creation.evaluate?.(workshop)) ?? {};
  // What it would be with all 131 tokens alike is 4.9 a token, four or five of them a step.
  expect(figures.natsPerStep).toBeLessThan(12);
  expect(figures.nGramNatsPerStep).toBeLessThan(3);
  expect(figures.natsPerStep).toBeGreaterThan(figures.natsPerNote as number);
  expect(figures).toMatchObject({ inScaleReal: 1, silentReal: 0, usedPitchesReal: expect.any(Number) });
  const pieces = (await creation.compose?.({ count: 2, seed: 1 })) ?? [];
  expect(pieces.map((bytes) => readMidi(bytes).notes.length > 5)).toEqual([true, true]);
  expect(await creation.compose?.({ count: 2, seed: 1 })).toEqual(pieces);
  creation.dispose();
});

// That it goes on is tried with pictures: the task is the same.
test('a GAN paints rolls, and is measured by what sounds', async () => {
  const overrides = {
    model: { steps: 8, pitches: 48, width: 4, latentDim: 8 },
    train: { steps: 4, evalInterval: 4, batchSize: 4, evalSamples: 8 },
  };
  const { creation, events } = await tryRecipe(musicGan, workshop, overrides, 0);
  expect(lastSample(events)).toMatchObject({
    kind: 'midi',
    picture: { shape: [expect.any(Number), 3 * 35 + 3, 3] },
  });
  const figures = (await creation.evaluate?.(workshop)) ?? {};
  expect(figures).toMatchObject({ inScaleReal: 1, notesPerStepReal: 3.5 });
  expect(figures.usedPitches).toBeGreaterThan(0);
  const pieces = (await creation.compose?.({ count: 3, seed: 1 })) ?? [];
  expect(pieces.map((bytes) => readMidi(bytes).notes.every(({ pitch }) => pitch >= 36))).toEqual([
    true,
    true,
    true,
  ]);
  creation.dispose();
});

test('music that is shorter than a roll is told', async () => {
  await expect(tryRecipe(musicGan, workshop, {}, 0)).rejects.toThrow('has no pieces of 32 steps');
});
