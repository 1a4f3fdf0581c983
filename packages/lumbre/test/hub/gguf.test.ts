import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  GgufError,
  ggufConfig,
  ggufTokenizer,
  memoryFile,
  memoryRepository,
  openGguf,
  openGgufModel,
  readWeights,
  type StoredArray,
} from '../../src/hub/index.ts';
import python from '../fixtures/hub/ggufFiles.json' with { type: 'json' };
import { fromBase64 } from './support/base64.ts';

type Tensors = Record<string, { shape: number[]; values: string }>;

const floats = (text: string): number[] => [...new Float32Array(fromBase64(text).buffer)];

/** The largest difference, in parts of the largest value. */
function difference({ data }: StoredArray, expected: readonly number[]): number {
  expect(data.length).toBe(expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return (
    expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (data[i] as number))), 0) / largest
  );
}

const openKinds = () => openGguf(memoryFile(fromBase64(python.kinds.bytes)));

describe('openGguf', () => {
  test('reads every kind of tensor as the gguf package does, to the bit', async () => {
    const file = await openKinds();
    const read = new Map<string, StoredArray>();
    for await (const [name, array] of file.read()) read.set(name, array);
    const expected: Tensors = python.kinds.tensors;
    expect([...read.keys()].sort()).toEqual(Object.keys(expected).sort());
    for (const [name, { shape, values }] of Object.entries(expected)) {
      const array = read.get(name) as StoredArray;
      expect(array.shape).toEqual(shape);
      expect(file.tensors.get(name)).toMatchObject({ shape, kind: name });
      expect(difference(array, floats(values)), name).toBe(0);
    }
    expect(read.get('Q8_0')?.dtype).toBe('float32');
    expect(read.get('F16')?.dtype).toBe('float16');
    expect(read.get('BF16')?.dtype).toBe('bfloat16');
  });

  test('reads every kind of value', async () => {
    const { values, metadata } = await openKinds();
    const own = Object.fromEntries([...values].filter(([key]) => key.startsWith('test.')));
    expect(own).toEqual({
      'test.u8': 200,
      'test.i8': -3,
      'test.u16': 60000,
      'test.i16': -30000,
      'test.u32': 4_000_000_000,
      'test.i32': -7,
      'test.u64': 2n ** 63n,
      'test.i64': -(2 ** 40),
      'test.f32': 0.5,
      'test.f64': 0.1,
      'test.bool': true,
      'test.text': 'año 🔥',
      'test.texts': ['a', '', 'ñ'],
      'test.numbers': [1, 2, 3],
    });
    expect(metadata.get('general.architecture')).toBe('test');
    expect(metadata.get('test.u64')).toBe('9223372036854775808');
  });

  test('the tensors of an unknown architecture have no names of Hugging Face', async () => {
    const opening = openGgufModel(memoryFile(fromBase64(python.kinds.bytes)));
    await expect(opening).rejects.toThrow(GgufError);
    await expect(opening).rejects.toThrow(/architecture "test".*known are llama, mistral, qwen2/);
  });
});

describe.each(['llama', 'qwen2', 'gpt2'] as const)('a model of the family %s', (family) => {
  const { bytes, tensors, config } = python[family];

  test('has the names, shapes and values that transformers finds in it', async () => {
    const repository = memoryRepository([['model.Q8_0.gguf', fromBase64(bytes)]]);
    const expected: Tensors = tensors;
    const found = new Set<string>();
    for await (const [name, array] of readWeights(repository)) {
      found.add(name);
      const { shape, values } = expected[name] as Tensors[string];
      expect(array.shape, name).toEqual(shape);
      expect(difference(array, floats(values)), name).toBe(0);
    }
    expect([...found].sort()).toEqual(Object.keys(expected).sort());
  });

  test('says its shapes before it is read', async () => {
    const file = await openGgufModel(memoryFile(fromBase64(bytes)));
    for (const [name, { shape }] of Object.entries(tensors as Tensors)) {
      expect(file.tensors.get(name)?.shape).toEqual(shape);
    }
  });

  test('has the configuration that transformers makes of it', async () => {
    const read = Object.fromEntries(ggufConfig(await openGguf(memoryFile(fromBase64(bytes)))));
    expect(read).toMatchObject(config);
  });
});

test('the tokenizer of a model', async () => {
  const llama = ggufTokenizer(await openGguf(memoryFile(fromBase64(python.llama.bytes))));
  expect(llama).toMatchObject({ model: 'llama', bosTokenId: 1, eosTokenId: 2, addBosToken: true });
  expect(llama?.tokens.slice(0, 2)).toEqual(['<0>', '<1>']);
  expect(llama?.scores?.[3]).toBe(-3);
  expect(llama?.tokenTypes?.slice(2, 4)).toEqual([3, 1]);
  const gpt2 = ggufTokenizer(await openGguf(memoryFile(fromBase64(python.gpt2.bytes))));
  expect(gpt2).toMatchObject({ model: 'gpt2', pre: 'gpt-2', merges: ['< 1', '<1 >'], addBosToken: false });
  expect(ggufTokenizer(await openKinds())).toBeUndefined();
});

describe('a damaged file', () => {
  const good = fromBase64(python.kinds.bytes);

  const readAll = async (bytes: Uint8Array): Promise<void> => {
    const file = await openGguf(memoryFile(bytes));
    for await (const [, { shape, data }] of file.read()) {
      expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
    }
  };

  test.each([
    ['the kinds', python.kinds.bytes, readAll],
    [
      'a model',
      python.qwen2.bytes,
      async (bytes: Uint8Array) => {
        const file = await openGgufModel(memoryFile(bytes));
        for await (const [, { data }] of file.read()) expect(data.length).toBeGreaterThanOrEqual(0);
        const raw = await openGguf(memoryFile(bytes));
        ggufConfig(raw);
        ggufTokenizer(raw);
      },
    ],
  ])('never fails but with its own error: %s', async (_what, text, work) => {
    const bytes = fromBase64(text);
    // Most of a file is tensors: half of the edits are made in the header.
    const place = fc.oneof(fc.nat(1500), fc.nat(bytes.length - 1));
    const damage = fc.record({
      edits: fc.array(fc.tuple(place, fc.nat(255)), { maxLength: 5 }),
      copies: fc.array(fc.tuple(place, place, fc.integer({ min: 1, max: 16 })), { maxLength: 2 }),
      end: fc.oneof({ weight: 5, arbitrary: fc.constant(bytes.length) }, fc.nat(bytes.length)),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ edits, copies, end }) => {
        const changed = bytes.slice();
        for (const [at, value] of edits) changed[at] = value;
        for (const [from, to, count] of copies) changed.copyWithin(to, from, from + count);
        try {
          await work(changed.subarray(0, end));
        } catch (error) {
          if (!(error instanceof GgufError)) throw error;
        }
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  /** A header of these parts: numbers are 4 bytes, bigints 8, texts with their length before. */
  const file = (...parts: (number | bigint | string)[]): Uint8Array => {
    const bytes: number[] = [];
    const put = (value: bigint, count: number): void => {
      for (let i = 0; i < count; i++) bytes.push(Number((value >> BigInt(8 * i)) & 255n));
    };
    for (const part of parts) {
      if (typeof part === 'number') put(BigInt(part), 4);
      else if (typeof part === 'bigint') put(part, 8);
      else {
        const text = new TextEncoder().encode(part);
        put(BigInt(text.length), 8);
        bytes.push(...text);
      }
    }
    while (bytes.length % 32 !== 0) bytes.push(0);
    return Uint8Array.from(bytes);
  };
  const GGUF = 0x46554747;

  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), "begin with 'GGUF'"],
    ['another file', new TextEncoder().encode('{"a": 1}'), "begin with 'GGUF'"],
    ['an old version', file(GGUF, 1), 'version 1'],
    ['the other order of bytes', file(GGUF, 0x03000000), 'other order of bytes'],
    ['more tensors than there are', file(GGUF, 3, 2n ** 60n, 0n), 'claims 1152921504606846976 tensors'],
    ['more values than there are', file(GGUF, 3, 0n, 2n ** 40n), 'values, more than'],
    ['a text longer than the file', file(GGUF, 3, 0n, 1n, 'a', 8, 2n ** 25n), 'ends within its header'],
    ['a text longer than any', file(GGUF, 3, 0n, 1n, 'a', 8, 2n ** 60n), 'bytes of a text'],
    ['a list longer than the file', file(GGUF, 3, 0n, 1n, 'a', 9, 8, 2n ** 24n), 'ends within its header'],
    ['a list of lists', file(GGUF, 3, 0n, 1n, 'a', 9, 9, 1n, 9, 1n), 'lists'],
    ['a value of no kind', file(GGUF, 3, 0n, 1n, 'a', 13), 'kind 13'],
    ['a value twice', file(GGUF, 3, 0n, 2n, 'a', 4, 1, 'a', 4, 1), 'occurs twice'],
    ['no alignment', file(GGUF, 3, 0n, 1n, 'general.alignment', 4, 0), 'alignment'],
    ['five dimensions', file(GGUF, 3, 1n, 0n, 'x', 5, 1n, 1n, 1n, 1n, 1n, 0, 0n), '5 dimensions'],
    ['an unknown kind', file(GGUF, 3, 1n, 0n, 'x', 1, 1n, 99, 0n), 'kind 99'],
    ['half a block', file(GGUF, 3, 1n, 0n, 'x', 1, 33n, 8, 0n), 'blocks of 32'],
    ['a tensor beyond the end', file(GGUF, 3, 1n, 0n, 'x', 1, 8n, 0, 2n ** 40n), 'cut short'],
    [
      'sizes whose product overflows',
      file(GGUF, 3, 1n, 0n, 'x', 2, 2n ** 40n, 2n ** 40n, 0, 0n),
      'larger than any',
    ],
    ['a crooked place', file(GGUF, 3, 1n, 0n, 'x', 1, 1n, 0, 3n), 'not aligned'],
    [
      'an overlap',
      new Uint8Array([
        ...file(GGUF, 3, 2n, 0n, 'x', 1, 16n, 0, 0n, 'y', 1, 8n, 0, 32n),
        ...new Uint8Array(96),
      ]),
      'overlaps',
    ],
    ['a tensor twice', file(GGUF, 3, 2n, 0n, 'x', 1, 0n, 0, 0n, 'x', 1, 0n, 0, 0n), 'occurs twice'],
  ])('refuses %s', async (_what, bytes, message) => {
    await expect(readAll(bytes)).rejects.toThrow(GgufError);
    await expect(readAll(bytes)).rejects.toThrow(message);
  });

  test('a file that is cut short says so', async () => {
    await expect(readAll(good.subarray(0, good.length - 40))).rejects.toThrow('cut short');
    await expect(readAll(good.subarray(0, 100))).rejects.toThrow('ends within its header');
  });
});
