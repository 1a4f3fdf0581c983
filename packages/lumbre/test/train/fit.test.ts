import { describe, expect, test } from 'vitest';
import { ArrayDataset, DataLoader } from '../../src/data/index.ts';
import { Generator, manualSeed, randn, type Tensor } from '../../src/index.ts';
import { crossEntropy, Dropout, Linear, mseLoss, Sequential, Tanh } from '../../src/nn/index.ts';
import { AdamW, StepLR } from '../../src/optim/index.ts';
import {
  type Callback,
  EarlyStopping,
  fit,
  LearningRateScheduler,
  ModelCheckpoint,
  type RunFiles,
} from '../../src/train/index.ts';

const accuracy = (outputs: Tensor, labels: Tensor) => outputs.argmax(-1).eq(labels).to('float32').mean();

/** Which points lie outside the unit circle? */
function circle(count = 128) {
  const x = randn([count, 2], { generator: new Generator(3) }).realize();
  const y = x.square().sum(-1).gt(1.4).to('int32').realize();
  return { x, y };
}

function makeClassifier(dropout = 0) {
  const options = { generator: new Generator(1) };
  const model = new Sequential(
    new Linear(2, 16, options),
    new Tanh(),
    new Dropout(dropout),
    new Linear(16, 2, options),
  );
  return { model, optimizer: new AdamW(model.parameters(), { lr: 0.05 }) };
}

const common = { loss: crossEntropy, metrics: { accuracy }, batchSize: 32, seed: 5 };

describe('fit', () => {
  test('trains by epochs, measures, and remembers', async () => {
    const data = circle();
    const { model, optimizer } = makeClassifier();
    const { history, epoch } = await fit(model, data, {
      ...common,
      optimizer,
      epochs: 25,
      validationSplit: 0.25,
    });
    expect(epoch).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
    expect(Object.keys(history)).toEqual(['loss', 'accuracy', 'lr', 'valLoss', 'valAccuracy']);
    expect(history.accuracy?.at(-1)).toBeGreaterThan(0.93);
    expect(history.valAccuracy?.at(-1)).toBeGreaterThan(0.8);
    expect(history.loss?.at(-1)).toBeLessThan((history.loss?.[0] as number) / 2);
    for (const used of [data.x, data.y, optimizer, model]) used.dispose();
  });

  test('measures validation data over all examples, whatever the batches', async () => {
    const data = circle(50);
    const { model, optimizer } = makeClassifier();
    optimizer.lr = 1e-12;
    const valLosses: number[] = [];
    for (const batchSize of [7, 50]) {
      const { history } = await fit(model, data, {
        ...common,
        batchSize,
        optimizer,
        epochs: 1,
        validation: data,
      });
      valLosses.push(history.valLoss?.[0] as number);
    }
    expect(valLosses[0]).toBeCloseTo(valLosses[1] as number, 5);
    expect(valLosses[0]).toBeCloseTo(await crossEntropy(model.forward(data.x), data.y).item(), 5);
    for (const used of [data.x, data.y, optimizer, model]) used.dispose();
  });

  test('takes a loader whose batches have an x and a y', async () => {
    const x = Float32Array.from({ length: 60 }, (_, i) => (i % 20) / 10 - 1);
    const dataset = new ArrayDataset({
      x: { data: x, shape: [60, 1] },
      y: { data: x.map((value) => 3 * value + 1), shape: [60, 1] },
    });
    const model = new Linear(1, 1, { generator: new Generator(1) });
    const optimizer = new AdamW(model.parameters(), { lr: 0.2, weightDecay: 0 });
    const loader = new DataLoader(dataset, { batchSize: 20, shuffle: true, seed: 1 });
    const { history } = await fit(model, loader as never, { loss: mseLoss, optimizer, epochs: 60 });
    expect(history.loss?.at(-1)).toBeLessThan(1e-3);
    expect(model.weight.itemSync()).toBeCloseTo(3, 1);
    optimizer.dispose();
    model.dispose();
  });

  test('goes on from a checkpoint to the last bit, in the middle of an epoch, dropout included', async () => {
    const data = circle();
    const run = async (options: Partial<Parameters<typeof fit>[2]>) => {
      const { model, optimizer } = makeClassifier(0.2);
      const losses: number[] = [];
      const watch: Callback = { onBatchEnd: (_step, { loss }) => void losses.push(loss as number) };
      const { callbacks = [], ...more } = options;
      await fit(model, data, {
        ...common,
        optimizer,
        epochs: 3,
        validation: data,
        callbacks: [watch, ...callbacks],
        ...more,
      });
      const weights = [...(model[0] as Linear).weight.dataSync()];
      optimizer.dispose();
      model.dispose();
      return { losses, weights };
    };
    manualSeed(9);
    const whole = await run({});
    let saved: Uint8Array | undefined;
    const controller = new AbortController();
    const stopper: Callback = {
      onBatchEnd: (step) => void (step === 6 && controller.abort()),
      onTrainEnd: async (context) => {
        saved = await context.checkpoint();
      },
    };
    manualSeed(9);
    const first = await run({ callbacks: [stopper], signal: controller.signal });
    expect(first.losses).toHaveLength(6);
    manualSeed(1234);
    const rest = await run({ resume: saved as Uint8Array });
    expect([...first.losses, ...rest.losses]).toEqual(whole.losses);
    expect(rest.weights).toEqual(whole.weights);
    data.x.dispose();
    data.y.dispose();
  });

  test('refuses what makes no sense', async () => {
    const data = circle(8);
    const { model, optimizer } = makeClassifier();
    const options = { ...common, optimizer, epochs: 1 };
    await expect(fit(model, data, { ...options, epochs: 0 })).rejects.toThrow('epochs must be');
    await expect(fit(model, data, { ...options, validationSplit: 1 })).rejects.toThrow(
      'validationSplit of 1',
    );
    await expect(fit(model, data, { ...options, validationSplit: 0.5, validation: data })).rejects.toThrow(
      'without `validation`',
    );
    for (const used of [data.x, data.y, optimizer, model]) used.dispose();
  });
});

describe('callbacks', () => {
  test('are called in order, and set and see the learning rate', async () => {
    const data = circle(64);
    const { model, optimizer } = makeClassifier();
    const calls: string[] = [];
    const watch: Callback = {
      onTrainBegin: () => void calls.push('begin'),
      onEpochBegin: (epoch, { lr }) => void calls.push(`epoch ${epoch} at ${lr}`),
      onBatchEnd: (step) => void calls.push(`step ${step}`),
      onEpochEnd: (epoch, figures) => void calls.push(`end ${epoch} ${Object.keys(figures)}`),
      onTrainEnd: () => void calls.push('end'),
    };
    const schedule = new LearningRateScheduler((epoch) => 0.1 / epoch);
    await fit(model, data, {
      loss: crossEntropy,
      optimizer,
      epochs: 2,
      batchSize: 32,
      seed: 1,
      callbacks: [schedule, watch],
    });
    expect(calls).toEqual([
      'begin',
      ...['epoch 1 at 0.1', 'step 1', 'step 2', 'end 1 loss,lr'],
      ...['epoch 2 at 0.05', 'step 3', 'step 4', 'end 2 loss,lr'],
      'end',
    ]);
    for (const used of [data.x, data.y, optimizer, model]) used.dispose();
  });

  test('a scheduler is stepped after each batch', async () => {
    const data = circle(64);
    const { model, optimizer } = makeClassifier();
    const scheduler = new StepLR(optimizer as never, 2, { gamma: 0.5 });
    const { history } = await fit(model, data, { ...common, optimizer, epochs: 3, scheduler });
    expect(history.lr).toEqual([0.05, 0.025, 0.0125]);
    for (const used of [data.x, data.y, optimizer, model]) used.dispose();
  });

  test('EarlyStopping ends, and gives the best weights back', async () => {
    const data = circle(64);
    const { model, optimizer } = makeClassifier();
    const stopping = new EarlyStopping({ patience: 1, restoreBestWeights: true });
    const kept: number[][] = [];
    const watch: Callback = {
      // From the fourth epoch on it can only get worse.
      onEpochBegin: (epoch, context) => {
        context.lr = epoch < 4 ? 0.02 : 5;
      },
      onEpochEnd: () => void kept.push([...(model[0] as Linear).weight.dataSync()]),
    };
    const { history, epoch } = await fit(model, data, {
      ...common,
      optimizer,
      epochs: 50,
      validation: data,
      callbacks: [watch, stopping],
    });
    const best = (history.valLoss as number[]).indexOf(Math.min(...(history.valLoss as number[])));
    expect(epoch.length).toBeLessThan(50);
    expect(stopping.stoppedEpoch).toBe(best + 3);
    expect([...(model[0] as Linear).weight.dataSync()]).toEqual(kept[best]);
    for (const used of [data.x, data.y, optimizer, model]) used.dispose();
  });

  test('ModelCheckpoint writes after each epoch, or after the best', async () => {
    const data = circle(64);
    const { model, optimizer } = makeClassifier();
    const written: string[] = [];
    const files: RunFiles = {
      read: async () => null,
      write: async (name) => void written.push(name),
      append: async () => {},
    };
    const all = new ModelCheckpoint({ files, name: 'all-{epoch}' });
    const best = new ModelCheckpoint({ files, name: 'best', monitor: 'loss', saveBestOnly: true });
    const worse: Callback = {
      onEpochBegin: (epoch, context) => {
        context.lr = epoch < 3 ? 0.02 : 50;
      },
    };
    const options = { ...common, optimizer, epochs: 4, callbacks: [worse, all, best] };
    await fit(model, data, options);
    expect(written.filter((name) => name !== 'best')).toEqual(['all-1', 'all-2', 'all-3', 'all-4']);
    expect(written.filter((name) => name === 'best').length).toBeLessThan(4);
    await expect(fit(model, data, { ...options, callbacks: [new EarlyStopping()] })).rejects.toThrow(
      "there is no 'valLoss' to monitor",
    );
    for (const used of [data.x, data.y, optimizer, model]) used.dispose();
  });
});
