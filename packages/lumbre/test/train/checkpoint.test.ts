import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeSafetensors } from '../../src/hub/index.ts';
import {
  type Checkpoint,
  CheckpointError,
  completeTrainConfig,
  decodeCheckpoint,
  encodeCheckpoint,
  modelOf,
} from '../../src/train/index.ts';

const checkpoint: Checkpoint = {
  model: {
    vocabSize: 2,
    blockSize: 2,
    nLayer: 1,
    nHead: 1,
    nEmbd: 2,
    dropout: 0,
    bias: true,
    qkvBias: true,
    geluApproximate: 'none',
    tieWeights: true,
    initStd: 0.02,
  },
  state: {
    step: 3,
    seconds: 1.5,
    bestValidationLoss: 0.1,
    lastValidationLoss: null,
    optimizerStep: 3,
    modelGenerator: { seed: 1, offset: 2 },
    dataGenerator: { seed: 2 ** 51 + 1, offset: 3 },
    dataFingerprint: 'abc-3',
  },
  weights: new Map([
    ['transformer.ln_f.weight', { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }],
  ]),
  optimizer: new Map([['0.expAvg', { dtype: 'float32', shape: [2], data: Float32Array.of(3, 4) }]]),
};

const withMetadata = (json: unknown) => writeSafetensors([], { lumbre: JSON.stringify(json) });

describe('checkpoints', () => {
  test('come back as they were', () => {
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  const { model, state } = checkpoint;
  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'at least 8 bytes'],
    ['a file cut short', encodeCheckpoint(checkpoint).slice(0, -4), 'cut short'],
    ['a file of another program', writeSafetensors([]), 'Lumbre did not write it'],
    [
      'a later format',
      withMetadata({ format: 2, model, state }),
      'has format 2, and this version of Lumbre reads 1',
    ],
    ['metadata that is no JSON', writeSafetensors([], { lumbre: '{' }), 'JSON'],
    ['no state', withMetadata({ format: 1, model, state: {} }), "no valid 'step'"],
    ['null', withMetadata(null), 'null'],
    [
      'a state that is none',
      withMetadata({ format: 1, model, state: { ...state, step: -1 } }),
      "no valid 'step'",
    ],
    [
      'a generator that is none',
      withMetadata({ format: 1, model, state: { ...state, dataGenerator: { seed: 1 } } }),
      "no valid 'dataGenerator'",
    ],
    ['impossible sizes', withMetadata({ format: 1, model: { ...model, nHead: 0 }, state }), 'nHead must be'],
  ])('refuse %s', (_what, bytes, message) => {
    expect(() => decodeCheckpoint(bytes)).toThrow(CheckpointError);
    expect(() => decodeCheckpoint(bytes)).toThrow(message);
  });

  test('refuse weights that are not those of the model', () => {
    expect(() => modelOf(checkpoint)).toThrow(CheckpointError);
    expect(() => modelOf(checkpoint)).toThrow('missing: transformer.wte.weight');
  });

  test('fail with their own error whatever is done to them', () => {
    const good = encodeCheckpoint(checkpoint);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (position, value) => {
        const bytes = good.slice();
        bytes[position] = value;
        try {
          decodeCheckpoint(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('completeTrainConfig', () => {
  test("fills in nanoGPT's settings", () => {
    expect(completeTrainConfig()).toMatchObject({
      steps: 2000,
      batchSize: 12,
      lr: 1e-3,
      minLr: 1e-4,
      warmupSteps: 100,
    });
    expect(completeTrainConfig({ steps: 50 }).warmupSteps).toBe(5);
    expect(completeTrainConfig({ minLr: 0, weightDecay: 0 })).toMatchObject({ minLr: 0, weightDecay: 0 });
  });

  test.each([
    [{ steps: 0 }, 'steps must be a positive integer, not 0'],
    [{ lr: Number.NaN }, 'lr must be a positive number'],
    [{ betas: [0.9, 1] as const }, 'betas must be two numbers'],
    [{ seed: -1 }, 'seed must be'],
    [{ seconds: 0 }, 'seconds must be'],
    [{ steps: 5, warmupSteps: 6 }, 'warmupSteps 6 is more than all 5 steps'],
  ])('refuses %j', (config, message) => {
    expect(() => completeTrainConfig(config)).toThrow(message);
  });
});
