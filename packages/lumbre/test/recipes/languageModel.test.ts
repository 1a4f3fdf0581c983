import { expect, test } from 'vitest';
import { Generator } from '../../src/index.ts';
import { GPT } from '../../src/models/index.ts';
import { LanguageModelTask } from '../../src/recipes/text/languageModelTask.ts';
import { decodeCheckpoint, TrainingLoop } from '../../src/train/index.ts';
import { lastCheckpoint, runAll } from '../train/support.ts';

const pattern = (length: number, shift: number) =>
  Int32Array.from({ length }, (_, i) => (i * i + shift * (i % 3)) % 7);

const data = { train: pattern(400, 1), validation: pattern(60, 1) };

/** A tiny model, with dropout so that random state matters. */
function makeLoop({ steps = 12, seed = 1, tokens = data } = {}): TrainingLoop {
  const generator = new Generator(seed);
  const sizes = { vocabSize: 7, blockSize: 8, nLayer: 1, nHead: 2, nEmbd: 8, initStd: 0.3, dropout: 0.1 };
  const settings = {
    steps,
    batchSize: 4,
    lr: 0.01,
    minLr: 0.001,
    warmupSteps: 1,
    weightDecay: 0.1,
    betas: [0.9, 0.99] as const,
    gradClip: 1,
    evalBatches: 2,
    seed,
  };
  const model = new GPT(sizes, { generator });
  try {
    const task = new LanguageModelTask({ model, generator, settings, data: tokens, blockSize: 8 });
    return new TrainingLoop(task, { steps, evalInterval: 4 });
  } catch (error) {
    model.dispose();
    throw error;
  }
}

test('a language model learns', async () => {
  const loop = makeLoop({ steps: 40 });
  const { losses } = await runAll(loop);
  expect(losses.at(-1)).toBeLessThan((losses[0] as number) - 0.3);
  expect(loop.best).toBeLessThan(Math.log(7));
  loop.task.dispose();
});

test('it makes the same steps from the same seed, and others from another', async () => {
  const lossesOf = async (seed: number) => {
    const loop = makeLoop({ seed });
    const { losses } = await runAll(loop);
    loop.task.dispose();
    return losses;
  };
  const losses = await lossesOf(1);
  expect(await lossesOf(1)).toEqual(losses);
  expect(await lossesOf(2)).not.toEqual(losses);
});

test('it goes on from a checkpoint to the last bit, dropout and batches included', async () => {
  const whole = makeLoop();
  const { losses, events } = await runAll(whole);
  whole.task.dispose();
  const first = makeLoop();
  const stopped = await runAll(first, ({ step }) => step === 5 && first.stop());
  first.task.dispose();
  const second = makeLoop();
  second.restore(decodeCheckpoint(lastCheckpoint(stopped.events)));
  const rest = await runAll(second);
  expect([...stopped.losses, ...rest.losses]).toEqual(losses);
  const parts = (list: typeof events) => decodeCheckpoint(lastCheckpoint(list)).parts;
  expect(parts(rest.events)).toEqual(parts(events));
  second.task.dispose();
});

test('it refuses the checkpoint of another text', async () => {
  const loop = makeLoop();
  const checkpoint = await loop.checkpoint();
  const other = makeLoop({ tokens: { ...data, train: data.train.slice(1) } });
  expect(() => other.restore(checkpoint)).toThrow('other data');
  loop.task.dispose();
  other.task.dispose();
});

test('it needs enough text', () => {
  expect(() => makeLoop({ tokens: { ...data, validation: data.validation.slice(0, 8) } })).toThrow(
    '8 tokens, too few for rows of 8',
  );
});
