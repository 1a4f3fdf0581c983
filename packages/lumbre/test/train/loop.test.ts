import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../src/hub/index.ts';
import {
  DivergedError,
  decodeCheckpoint,
  encodeCheckpoint,
  type Task,
  TrainingLoop,
} from '../../src/train/index.ts';
import { lastCheckpoint, makeLineTask, makeLoop, runAll } from './support.ts';

describe('TrainingLoop', () => {
  test('learns, and tells of steps, evaluations, samples and checkpoints in order', async () => {
    const loop = makeLoop({ steps: 60, evalInterval: 30 }, { withSamples: true });
    const { events, end, losses } = await runAll(loop);
    expect(end).toBe('finished');
    expect(losses).toHaveLength(60);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 2);
    const marks = events.filter(({ type }) => type !== 'step').map(({ type, step }) => `${type} ${step}`);
    expect(marks).toEqual([
      ...['validation 30', 'sample 30', 'checkpoint 30'],
      ...['validation 60', 'sample 60', 'checkpoint 60'],
    ]);
    expect(events.find(({ type }) => type === 'validation')).toMatchObject({ best: true });
    expect(loop.best).toBe(loop.last);
    loop.task.dispose();
  });

  test('tells how far it is, and how fast', async () => {
    const loop = makeLoop();
    const fractions: number[] = [];
    const { step } = loop.task;
    const task: Task = {
      ...loop.task,
      step: (progress) => {
        fractions.push(progress.fraction);
        return step(progress);
      },
    };
    const { events } = await runAll(new TrainingLoop(task, { steps: 4, evalInterval: 4 }));
    expect(fractions).toEqual([0, 0.25, 0.5, 0.75]);
    expect(events[3]).toMatchObject({ step: 4, steps: 4, unit: 'examples', secondsLeft: 0 });
    task.dispose();
  });

  test('goes on from a checkpoint to the last bit, whatever is random included', async () => {
    const whole = makeLoop();
    const { losses, events } = await runAll(whole);
    const expected = decodeCheckpoint(lastCheckpoint(events));
    whole.task.dispose();

    const first = makeLoop();
    const stopped = await runAll(first, ({ step }) => step === 5 && first.stop());
    expect(stopped.end).toBe('stopped');
    expect(stopped.losses).toEqual(losses.slice(0, 5));
    expect(stopped.events.at(-1)).toMatchObject({ type: 'checkpoint', step: 5 });
    first.task.dispose();

    const second = makeLoop();
    second.restore(decodeCheckpoint(lastCheckpoint(stopped.events)));
    expect(second.step).toBe(5);
    const rest = await runAll(second);
    expect(rest.losses).toEqual(losses.slice(5));
    const validations = (list: typeof events) => list.filter(({ type }) => type === 'validation');
    expect(validations(rest.events)).toEqual(validations(events).slice(1));
    const actual = decodeCheckpoint(lastCheckpoint(rest.events));
    expect(actual.parts).toEqual(expected.parts);
    expect({ ...actual.loop, seconds: 0 }).toEqual({ ...expected.loop, seconds: 0 });
    second.task.dispose();
  });

  test('publishes the weights beside each checkpoint', async () => {
    const loop = makeLoop();
    const { events } = await runAll(loop);
    const found = events.findLast((event) => event.type === 'checkpoint');
    const { tensors } = readSafetensors((found as { weights: Uint8Array }).weights);
    expect([...tensors.keys()].sort()).toEqual(['bias', 'weight']);
    const { model } = loop.task as ReturnType<typeof makeLineTask>;
    expect([...(tensors.get('weight')?.data ?? [])]).toEqual([...model.weight.dataSync()]);
    loop.task.dispose();
  });

  test('does not begin again when all steps are made', async () => {
    const loop = makeLoop();
    await loop.run();
    const { end, events } = await runAll(loop);
    expect([end, events]).toEqual(['finished', []]);
    loop.task.dispose();
  });

  test('ends at its time limit', async () => {
    const loop = makeLoop({ steps: 1_000_000, seconds: 0.05, evalInterval: 1_000_000 });
    const { end, events } = await runAll(loop);
    expect(end).toBe('finished');
    expect(events.at(-1)?.type).toBe('checkpoint');
    expect(loop.step).toBeLessThan(1_000_000);
    loop.task.dispose();
  });

  test('stops when a figure is no number any more, and names it', async () => {
    const task = makeLineTask({ lr: 1e38 });
    const loop = new TrainingLoop(task, { steps: 50, evalInterval: 50 });
    const error = await loop.run().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DivergedError);
    expect((error as Error).message).toContain("'loss'");
    task.dispose();
  });

  test('refuses a checkpoint of other data or other parts, and stays as it was', async () => {
    const loop = makeLoop();
    await loop.run();
    const checkpoint = decodeCheckpoint(encodeCheckpoint(await loop.checkpoint()));
    const fresh = makeLoop({}, { seed: 5 });
    const before = (await fresh.checkpoint()).parts;
    expect(() => fresh.restore({ ...checkpoint, fingerprint: 'circle' })).toThrow('other data');
    const parts = new Map(checkpoint.parts);
    parts.delete('noise');
    expect(() => fresh.restore({ ...checkpoint, parts })).toThrow('Missing: noise');
    // The model would fit, but the optimizer does not: the model is put back.
    const optimizer = { tensors: new Map(), values: { step: 3 } };
    const broken = new Map(checkpoint.parts).set('optimizer', optimizer);
    expect(() => fresh.restore({ ...checkpoint, parts: broken })).toThrow('0.expAvg is missing');
    expect((await fresh.checkpoint()).parts).toEqual(before);
    loop.task.dispose();
    fresh.task.dispose();
  });

  test('says so when what is watched is not measured', async () => {
    const task: Task = { ...makeLineTask(), watched: { metric: 'accuracy', mode: 'max' } };
    await expect(new TrainingLoop(task, { steps: 1, evalInterval: 1 }).run()).rejects.toThrow(
      "'accuracy' is watched, but evaluate() gave loss",
    );
    task.dispose();
  });
});
