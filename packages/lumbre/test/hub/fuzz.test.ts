import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  HubError,
  memoryFile,
  memoryRepository,
  openSafetensors,
  type RandomAccessFile,
  readWeights,
  SafetensorsError,
  writeSafetensors,
} from '../../src/hub/index.ts';

const good = writeSafetensors(
  [
    ['weight', { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    ['half', { dtype: 'float16', shape: [3], data: Float32Array.of(1, 2, 3) }],
    ['ids', { dtype: 'int32', shape: [2], data: Int32Array.of(1, 2) }],
  ],
  { step: '3' },
);

/** A file that remembers how many bytes were asked of it at most at once. */
function watched(bytes: Uint8Array): RandomAccessFile & { most: number } {
  const file = memoryFile(bytes);
  const result = {
    ...file,
    most: 0,
    async read(start: number, end: number) {
      result.most = Math.max(result.most, end - start);
      return await file.read(start, end);
    },
  };
  return result;
}

async function readAll(file: RandomAccessFile): Promise<void> {
  const weights = await openSafetensors(file);
  for await (const [name, { shape, data }] of weights.read()) {
    expect(weights.tensors.get(name)?.shape).toEqual(shape);
    expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
  }
}

describe('a safetensors file that is read by parts', () => {
  test('never fails but with its own error, and asks for nothing that is not there', async () => {
    const damage = fc.record({
      edits: fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 5 }),
      copies: fc.array(
        fc.tuple(fc.nat(good.length - 1), fc.nat(good.length - 1), fc.integer({ min: 1, max: 12 })),
        {
          maxLength: 2,
        },
      ),
      end: fc.oneof({ weight: 3, arbitrary: fc.constant(good.length) }, fc.nat(good.length)),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ edits, copies, end }) => {
        const bytes = good.slice();
        for (const [at, value] of edits) bytes[at] = value;
        for (const [from, to, count] of copies) bytes.copyWithin(to, from, from + count);
        const file = watched(bytes.subarray(0, end));
        try {
          await readAll(file);
        } catch (error) {
          if (!(error instanceof SafetensorsError)) throw error;
        }
        expect(file.most).toBeLessThanOrEqual(end);
      }),
      { numRuns: 1000, seed: 7 },
    );
  });

  test('tensors are read one by one, small ones together', async () => {
    const large = writeSafetensors([
      ['a', { dtype: 'float32', shape: [2 ** 20], data: new Float32Array(2 ** 20) }],
      ['b', { dtype: 'float32', shape: [2 ** 20 + 1], data: new Float32Array(2 ** 20 + 1) }],
      ...Array.from(
        { length: 50 },
        (_, i) => [`c${i}`, { dtype: 'int8', shape: [10], data: new Int8Array(10).fill(i) }] as const,
      ),
    ]);
    const file = watched(large);
    let reads = 0;
    const counted: RandomAccessFile = {
      ...file,
      read(start, end) {
        reads++;
        return file.read(start, end);
      },
    };
    await readAll(counted);
    expect(file.most).toBe(2 ** 22 + 4);
    expect(reads).toBe(5);
  });
});

describe('an index of shards', () => {
  const index = JSON.stringify({
    metadata: { total_size: 38 },
    weight_map: { weight: 'one.safetensors', ids: 'one.safetensors' },
  });

  test('never leads to anything but a clear error', async () => {
    const text = new TextEncoder().encode(index);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(text.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (edits) => {
          const bytes = text.slice();
          for (const [at, value] of edits) bytes[at] = value;
          const repository = memoryRepository([
            ['model.safetensors.index.json', bytes],
            ['one.safetensors', good],
          ]);
          try {
            for await (const [, { data }] of readWeights(repository)) expect(data.length).toBeGreaterThan(0);
          } catch (error) {
            if (!(error instanceof HubError || error instanceof SafetensorsError)) throw error;
          }
        },
      ),
      { numRuns: 1000, seed: 7 },
    );
  });

  test.each([
    ['nested without end', `{"weight_map":${'['.repeat(100_000)}`],
    ['a name of JavaScript', '{"weight_map": {"__proto__": "one.safetensors"}}'],
    ['a million braces', '{'.repeat(1_000_000)],
  ])('%s is refused', async (_what, content) => {
    const repository = memoryRepository([
      ['model.safetensors.index.json', content],
      ['one.safetensors', good],
    ]);
    const reading = readWeights(repository).next();
    await expect(reading).rejects.toMatchObject({ code: 'hub.damaged' });
  });
});
