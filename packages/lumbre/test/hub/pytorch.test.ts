import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryFile, memoryRepository, openPytorch, PytorchError, readWeights } from '../../src/hub/index.ts';
import python from '../fixtures/hub/pytorch.json' with { type: 'json' };
import { fromBase64 } from './support/base64.ts';

interface Shown {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
const good: Record<string, { bytes: string; tensors: Record<string, Shown> }> = python.good;
const bad: Record<string, string> = python.bad;

/** What PyTorch's dtypes become. */
const dtypes: Record<string, string> = {
  float64: 'float32',
  int64: 'int32',
  int16: 'int32',
  uint16: 'int32',
};

async function readAll(bytes: Uint8Array) {
  const file = await openPytorch(memoryFile(bytes, 'model.bin'));
  const tensors: Record<string, Shown> = {};
  for await (const [name, { dtype, shape, data }] of file.read()) {
    expect(file.tensors.get(name)?.shape).toEqual(shape);
    tensors[name] = { dtype, shape, values: [...data] };
  }
  return { tensors, metadata: file.metadata };
}

describe('openPytorch', () => {
  test.each(Object.keys(good))('reads what torch.save wrote: %s', async (name) => {
    const { bytes, tensors } = good[name] as (typeof good)[string];
    const expected = Object.fromEntries(
      Object.entries(tensors).map(([key, { dtype, shape, values }]) => [
        key,
        { dtype: dtypes[dtype] ?? dtype, shape, values },
      ]),
    );
    expect((await readAll(fromBase64(bytes))).tensors).toEqual(expected);
  });

  test('numbers and texts beside the tensors are metadata', async () => {
    const { metadata } = await readAll(fromBase64((good.checkpoint as (typeof good)[string]).bytes));
    expect(metadata.get('epoch')).toBe('3');
    expect(metadata.get('name')).toBe('año');
    expect(metadata.get('optimizer.param_groups.0.betas.1')).toBe('0.99');
  });

  test('reads those tensors alone that are wanted, as weights of a model', async () => {
    const repository = memoryRepository([
      ['pytorch_model.bin', fromBase64((good.stateDictOld as (typeof good)[string]).bytes)],
    ]);
    const names: string[] = [];
    for await (const [name, { dtype }] of readWeights(repository, {
      only: (each) => each.startsWith('norm.running'),
      dtype: 'bfloat16',
    })) {
      names.push(name);
      expect(dtype).toBe('bfloat16');
    }
    expect(names).toEqual(['norm.running_mean', 'norm.running_var']);
  });

  test.each([
    ['attack', /"builtins\.eval", which is no tensor.*so it is refused/],
    ['attackOld', /"builtins\.eval"/],
    ['namespace', /"argparse\.Namespace"/],
    ['module', /"torch\.nn\.modules\.linear\.Linear"/],
    ['expanded', /repeats the 1 elements/],
    ['sparse', /"torch\._utils\._rebuild_sparse_tensor"/],
    ['complex', /"torch\.ComplexFloatStorage"/],
    ['none', /holds no tensors/],
    ['script', /TorchScript/],
  ])('refuses %s', async (name, message) => {
    const failing = readAll(fromBase64(bad[name] as string));
    await expect(failing).rejects.toThrow(PytorchError);
    await expect(failing).rejects.toThrow(message);
  });

  test('refuses what is cut short, and other files', async () => {
    const bytes = fromBase64((good.views as (typeof good)[string]).bytes);
    await expect(readAll(bytes.subarray(0, bytes.length - 100))).rejects.toThrow(/cut short|damaged/);
    const old = fromBase64((good.viewsOld as (typeof good)[string]).bytes);
    await expect(readAll(old.subarray(0, old.length - 1))).rejects.toThrow('"');
    await expect(readAll(new Uint8Array())).rejects.toThrow('no file of torch.save');
    await expect(readAll(new TextEncoder().encode('model.tar'))).rejects.toThrow('tar archives');
    await expect(readAll(Uint8Array.of(0x80, 2, 0x4b, 1, 0x2e))).rejects.toThrow('not written by torch.save');
  });
});

/** Edits of single bytes, runs of bytes put elsewhere, and a new end. */
const damage = (length: number) =>
  fc.record({
    edits: fc.array(fc.tuple(fc.nat(length - 1), fc.nat(255)), { maxLength: 6 }),
    copies: fc.array(fc.tuple(fc.nat(length - 1), fc.nat(length - 1), fc.integer({ min: 1, max: 16 })), {
      maxLength: 2,
    }),
    end: fc.oneof({ weight: 4, arbitrary: fc.constant(length) }, fc.nat(length)),
  });

describe('a damaged file', () => {
  test.each(['stateDict', 'stateDictOld', 'views', 'viewsOld', 'kinds', 'protocol4'])(
    'never fails but with its own error: %s',
    async (name) => {
      const bytes = fromBase64((good[name] as (typeof good)[string]).bytes);
      await fc.assert(
        fc.asyncProperty(damage(bytes.length), async ({ edits, copies, end }) => {
          const changed = bytes.slice();
          for (const [at, value] of edits) changed[at] = value;
          for (const [from, to, count] of copies) changed.copyWithin(to, from, from + count);
          try {
            for (const { shape, values } of Object.values(
              (await readAll(changed.subarray(0, end))).tensors,
            )) {
              expect(values.length).toBe(shape.reduce((product, size) => product * size, 1));
            }
          } catch (error) {
            if (!(error instanceof PytorchError)) throw error;
          }
        }),
        { numRuns: 400, seed: 7 },
      );
    },
  );

  /** A file of the older format with this for a root. */
  const stream = (...root: (number | number[])[]) =>
    Uint8Array.from(
      [
        ...[0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e],
        ...[0x80, 2, 0x4d, 0xe9, 0x03, 0x2e],
        ...[0x80, 2, 0x7d, 0x2e],
        [0x80, 2, ...root, 0x2e].flat(),
        ...[0x80, 2, 0x5d, 0x2e],
      ].flat(),
    );
  const times = (count: number, ...ops: number[]) => Array.from({ length: count }, () => ops).flat();

  test.each([
    ['deep lists', stream(times(100_000, 0x5d), times(99_999, 0x61)), 'nested deeper'],
    ['a list in itself', stream(0x5d, 0x71, 0, 0x68, 0, 0x61), 'nested deeper'],
    [
      'lists that hold each other many times',
      // Each is a list with the one before in it, sixty times.
      stream(
        0x5d,
        ...Array.from({ length: 7 }, () => [
          0x71,
          0,
          0x30,
          0x5d,
          0x28,
          ...Array(60).fill([0x68, 0]).flat(),
          0x65,
        ]).flat(),
      ),
      'more than',
    ],
    ['a text longer than the file', stream(0x58, 255, 255, 255, 127), 'ends within a value'],
    [
      'bytes longer than the file',
      stream(0x8e, 255, 255, 255, 255, 255, 255, 255, 255),
      'ends within a value',
    ],
    ['a number of a gigabyte', stream(0x8b, 0, 0, 0, 0x40), 'a number of'],
    ['marks without end', stream(times(200_000, 0x28)), 'a value is missing'],
    ['an unknown operation', stream(0x92), 'the operation 0x92'],
    ['a call of a number', stream(0x4b, 1, 0x29, 0x52), 'calls what is no function'],
    ['attributes of a list', stream(0x5d, 0x7d, 0x62), 'attributes'],
  ])('refuses %s', async (_what, bytes, message) => {
    const started = performance.now();
    await expect(readAll(bytes)).rejects.toThrow(message);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
