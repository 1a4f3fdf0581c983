import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeSafetensors } from '../../src/hub/index.ts';
import {
  type Checkpoint,
  CheckpointError,
  decodeCheckpoint,
  encodeCheckpoint,
  type StoredState,
} from '../../src/train/index.ts';

const array = (...values: number[]) => ({
  dtype: 'float32' as const,
  shape: [values.length],
  data: Float32Array.from(values),
});

const checkpoint: Checkpoint = {
  loop: { step: 3, seconds: 1.5, best: 0.1, last: null },
  fingerprint: 'abc-3',
  parts: new Map<string, StoredState>([
    ['model', { tensors: new Map([['h.0.weight', array(1, 2)]]), values: null }],
    ['optimizer', { tensors: new Map([['0.expAvg', array(3, 4)]]), values: { step: 3 } }],
    ['noise', { tensors: new Map(), values: { seed: 2 ** 51 + 1, offset: 3 } }],
  ]),
};

const withMetadata = (json: unknown, arrays: Parameters<typeof writeSafetensors>[0] = []) =>
  writeSafetensors(arrays, { lumbre: JSON.stringify(json) });

describe('checkpoints', () => {
  test('come back as they were', () => {
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  const { loop, fingerprint } = checkpoint;
  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'at least 8 bytes'],
    ['a file cut short', encodeCheckpoint(checkpoint).slice(0, -4), 'cut short'],
    ['a file of another program', writeSafetensors([]), 'Lumbre did not write it'],
    ['another format', withMetadata({ format: 3 }), 'has format 3, and this version of Lumbre reads 2'],
    ['metadata that is no JSON', writeSafetensors([], { lumbre: '{' }), 'JSON'],
    ['no state', withMetadata({ format: 2, loop: {}, fingerprint, parts: {} }), "no valid 'step'"],
    ['null', withMetadata(null), 'no object'],
    [
      'a state that is none',
      withMetadata({ format: 2, loop: { ...loop, step: -1 }, fingerprint, parts: {} }),
      "no valid 'step'",
    ],
    ['no fingerprint', withMetadata({ format: 2, loop, parts: {} }), "'fingerprint'"],
    ['no parts', withMetadata({ format: 2, loop, fingerprint }), "no 'parts'"],
    [
      'a tensor of no part',
      withMetadata({ format: 2, loop, fingerprint, parts: { model: null } }, [['other.weight', array(1)]]),
      "'other.weight' belongs to no part",
    ],
  ])('refuse %s', (_what, bytes, message) => {
    expect(() => decodeCheckpoint(bytes)).toThrow(CheckpointError);
    expect(() => decodeCheckpoint(bytes)).toThrow(message);
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
