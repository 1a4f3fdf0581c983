import { describe, expect, test } from 'vitest';
import { Generator } from '../../src/index.ts';
import {
  DivergedError,
  decodeCheckpoint,
  encodeCheckpoint,
  modelOf,
  Trainer,
} from '../../src/train/index.ts';
import { data, makeTrainer, runAll } from './support.ts';

describe('Trainer', () => {
  test('learns, and tells of steps, validation and checkpoints in order', async () => {
    const { trainer, dispose } = makeTrainer({ steps: 40, evalInterval: 20 });
    const { events, end, losses } = await runAll(trainer);
    expect(end).toBe('finished');
    expect(losses).toHaveLength(40);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) - 0.3);
    const marks = events.filter(({ type }) => type !== 'step').map(({ type, step }) => `${type} ${step}`);
    expect(marks).toEqual(['validation 20', 'checkpoint 20', 'validation 40', 'checkpoint 40']);
    expect(trainer.bestValidationLoss).toBeLessThan(Math.log(7));
    expect(events.find(({ type }) => type === 'validation')).toMatchObject({ best: true });
    dispose();
  });

  test('makes the same steps from the same seed, and others from another', async () => {
    const lossesOf = async (seed: number) => {
      const { trainer, dispose } = makeTrainer({ seed });
      const { losses } = await runAll(trainer);
      dispose();
      return losses;
    };
    const losses = await lossesOf(1);
    expect(await lossesOf(1)).toEqual(losses);
    expect(await lossesOf(2)).not.toEqual(losses);
  });

  test('goes on from a checkpoint to the last bit, dropout and batches included', async () => {
    const whole = makeTrainer();
    const { losses, events } = await runAll(whole.trainer);
    const expected = await whole.trainer.checkpoint();
    whole.dispose();

    const first = makeTrainer();
    const stopped = await runAll(first.trainer, ({ step }) => {
      if (step === 5) first.trainer.stop();
    });
    expect(stopped.end).toBe('stopped');
    expect(stopped.losses).toEqual(losses.slice(0, 5));
    const last = stopped.events.at(-1);
    if (last?.type !== 'checkpoint') throw new Error('expected a checkpoint at the end');
    expect(last.step).toBe(5);
    first.dispose();

    const second = makeTrainer();
    second.trainer.restore(decodeCheckpoint(last.bytes));
    expect(second.trainer.step).toBe(5);
    const rest = await runAll(second.trainer);
    expect(rest.losses).toEqual(losses.slice(5));
    const validations = (list: typeof events) => list.filter(({ type }) => type === 'validation');
    expect(validations(rest.events)).toEqual(validations(events).slice(1));
    const actual = await second.trainer.checkpoint();
    expect(actual.weights).toEqual(expected.weights);
    expect(actual.optimizer).toEqual(expected.optimizer);
    expect({ ...actual.state, seconds: 0 }).toEqual({ ...expected.state, seconds: 0 });
    second.dispose();
  });

  test('gives a model that writes as the trained one', async () => {
    const { model, trainer, dispose } = makeTrainer();
    await trainer.run();
    const copy = modelOf(decodeCheckpoint(encodeCheckpoint(await trainer.checkpoint())));
    expect(copy.training).toBe(false);
    for (const [name, value] of copy.namedParameters()) {
      expect([...value.dataSync()], name).toEqual([...(model.namedParameters().get(name)?.dataSync() ?? [])]);
    }
    copy.dispose();
    dispose();
  });

  test('does not begin again when all steps are made', async () => {
    const { trainer, dispose } = makeTrainer();
    await trainer.run();
    const { end, events } = await runAll(trainer);
    expect(end).toBe('finished');
    expect(events).toEqual([]);
    dispose();
  });

  test('ends at its time limit', async () => {
    const { trainer, dispose } = makeTrainer({ steps: 1_000_000, seconds: 0.05, evalInterval: 1_000_000 });
    const { end, events } = await runAll(trainer);
    expect(end).toBe('finished');
    expect(events.at(-1)?.type).toBe('checkpoint');
    expect(trainer.step).toBeLessThan(1_000_000);
    dispose();
  });

  test('stops when the loss is no number any more', async () => {
    const { trainer, dispose } = makeTrainer({
      lr: 1e30,
      gradClip: 1e30,
      warmupSteps: 0,
      steps: 50,
      evalInterval: 50,
    });
    await expect(trainer.run()).rejects.toThrow(DivergedError);
    dispose();
  });

  test('refuses the checkpoint of another text or another model, and stays as it was', async () => {
    const { trainer, dispose } = makeTrainer();
    const checkpoint = await trainer.checkpoint();
    const other = makeTrainer({}, { dataset: { ...data, train: data.train.slice(1) } });
    expect(() => other.trainer.restore(checkpoint)).toThrow('another text');
    other.dispose();
    const weights = new Map(checkpoint.weights);
    weights.delete('transformer.ln_f.bias');
    expect(() => trainer.restore({ ...checkpoint, weights })).toThrow('missing: transformer.ln_f.bias');
    const optimizer = new Map(checkpoint.optimizer);
    optimizer.delete('0.expAvg');
    const zeros = new Map(
      [...checkpoint.weights].map(([name, array]) => [name, { ...array, data: array.data.map(() => 0) }]),
    );
    expect(() => trainer.restore({ ...checkpoint, weights: zeros, optimizer })).toThrow(
      '0.expAvg is missing',
    );
    expect((await trainer.checkpoint()).weights).toEqual(checkpoint.weights);
    dispose();
  });

  test('needs enough text', () => {
    const { model, trainer, dispose } = makeTrainer();
    const short = { ...data, validation: data.validation.slice(0, 8) };
    expect(
      () => new Trainer({ model, config: trainer.config, data: short, generator: new Generator(1) }),
    ).toThrow('8 tokens, too few for rows of 8');
    dispose();
  });
});
