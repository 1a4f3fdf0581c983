import { describe, expect, test } from 'vitest';
import {
  memoryTokenFiles,
  TokenShards,
  TokenShardWriter,
  writeTokenShards,
} from '../../src/data/shards/index.ts';
import { Generator } from '../../src/index.ts';

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

const count = (length: number, from = 0) => Int32Array.from({ length }, (_, i) => from + i);

/** Three shards of 20, 20 and 10 tokens: 0 to 49. */
async function three(options = {}) {
  const files = memoryTokenFiles();
  const index = await writeTokenShards(files, [count(7), count(35, 7), count(8, 42)], {
    ...{ vocabSize: 50, shardTokens: 20, about: { tokenizer: 'none' } },
    ...options,
  });
  return { files, index };
}

describe('token shards', () => {
  test('are written as the stream comes, and the index last', async () => {
    const { files, index } = await three();
    expect(index.shards.map(({ name, tokens }) => [name, tokens])).toEqual([
      ['shard-00000.bin', 20],
      ['shard-00001.bin', 20],
      ['shard-00002.bin', 10],
    ]);
    expect(index).toMatchObject({ dtype: 'uint16', tokens: 50, about: { tokenizer: 'none' } });
    expect([...files.files.keys()].at(-1)).toBe('index.json');
    const first = files.files.get('shard-00000.bin') as Uint8Array;
    expect(first.length).toBe(64 + 40);
    expect(new TextDecoder().decode(first.subarray(0, 8))).toBe('LUMBTOKS');
    expect([...first.subarray(64, 70)]).toEqual([0, 0, 1, 0, 2, 0]);
    const wide = await three({ vocabSize: 2 ** 16 + 1 });
    expect(wide.index.dtype).toBe('uint32');
    expect(wide.files.files.get('shard-00000.bin')).toHaveLength(64 + 80);
  });

  test('take texts with an encoder, and a token between them', async () => {
    const files = memoryTokenFiles();
    const encode = (text: string) => Int32Array.from(text, (c) => c.charCodeAt(0) - 96);
    await writeTokenShards(files, ['abc', [4]], { vocabSize: 27, encode, separator: 0 });
    const shards = await TokenShards.open(files);
    const [only] = await gather(shards.evenWindows({ batchSize: 1, blockSize: 5 }, 1));
    expect(only?.data).toEqual(Int32Array.of(1, 2, 3, 0, 4, 0));
    await expect(writeTokenShards(files, ['abc'], { vocabSize: 27 })).rejects.toThrow('`encode`');
  });

  test.each([{ vocabSize: 50 }, { vocabSize: 70_000 }])(
    'are read in random windows, %j',
    async (vocabulary) => {
      const { files } = await three(vocabulary);
      // Blocks that windows cross, and fewer of them kept than there are.
      const shards = await TokenShards.open(files, { blockTokens: 3, cachedBlocks: 4 });
      await shards.verify();
      const starts = new Set<number>();
      const options = { batchSize: 5, blockSize: 4, generator: new Generator(1) };
      for (let i = 0; i < 60; i++) {
        const { data, shape, dtype } = await shards.randomWindows(options);
        expect([shape, dtype]).toEqual([[5, 5], 'int32']);
        for (let row = 0; row < 5; row++) {
          const start = data[5 * row] as number;
          starts.add(start);
          expect([...data.subarray(5 * row, 5 * row + 5)]).toEqual([...count(5, start)]);
        }
      }
      // Every place from which a window does not cross into the next shard.
      const expected = [...count(16), ...count(16, 20), ...count(6, 40)];
      expect([...starts].sort((a, b) => a - b)).toEqual(expected);
    },
  );

  test('go on from the generator', async () => {
    const shards = await TokenShards.open((await three()).files);
    const generator = new Generator(3);
    const windows = shards.windows({ batchSize: 4, blockSize: 3, generator });
    await windows.next();
    const state = generator.state();
    const { value: second } = await windows.next();
    const resumed = { batchSize: 4, blockSize: 3, generator: new Generator(0).setState(state) };
    expect(await shards.randomWindows(resumed)).toEqual(second);
  });

  test('are read in pieces', async () => {
    const { files } = await three({ vocabSize: 50, shardTokens: 50 });
    const ranges: number[] = [];
    const watched = {
      ...files,
      read: (name: string, start: number, end: number) => {
        ranges.push(end - start);
        return files.read(name, start, end);
      },
    };
    const shards = await TokenShards.open(watched, { blockTokens: 8 });
    ranges.length = 0;
    const batches = await gather(shards.evenWindows({ batchSize: 2, blockSize: 4 }, 2));
    expect(batches.map(({ data }) => [data[0], data[5]])).toEqual([
      [0, 15],
      [30, 45],
    ]);
    expect(Math.max(...ranges)).toBeLessThanOrEqual(16);
    const reads = ranges.length;
    await gather(shards.evenWindows({ batchSize: 2, blockSize: 4 }, 2));
    expect(ranges.length).toBe(reads);
  });

  test('refuse windows that no shard has room for', async () => {
    const shards = await TokenShards.open((await three()).files);
    await expect(shards.randomWindows({ batchSize: 1, blockSize: 20 })).rejects.toThrow('the longest has 20');
  });

  test('refuse tokens that the vocabulary does not have', async () => {
    const writer = new TokenShardWriter(memoryTokenFiles(), { vocabSize: 10 });
    await expect(writer.write([1, 10])).rejects.toThrow('token 10 at position 1');
    await expect(writer.write([1.5])).rejects.toThrow('token 1.5');
    await expect(writer.write([-1])).rejects.toThrow('token -1');
    expect((await writer.close()).tokens).toBe(0);
    await expect(writer.write([1])).rejects.toThrow('closed');
    expect(() => new TokenShardWriter(memoryTokenFiles(), { vocabSize: 0 })).toThrow('vocabSize');
    expect(() => new TokenShardWriter(memoryTokenFiles(), { vocabSize: 9, prefix: '../x' })).toThrow(
      'prefix',
    );
  });

  describe('that are damaged', () => {
    /** Opens after `change` has been done to the second shard. */
    const opened = async (change: (bytes: Uint8Array) => Uint8Array | undefined) => {
      const { files } = await three();
      const bytes = files.files.get('shard-00001.bin') as Uint8Array;
      files.files.set('shard-00001.bin', change(bytes) ?? bytes);
      return TokenShards.open(files);
    };
    const set = (at: number, value: number) => (bytes: Uint8Array) => {
      bytes[at] = value;
      return undefined;
    };

    test.each([
      ['another magic', set(0, 65), "does not begin with 'LUMBTOKS'"],
      ['another version', set(8, 2), 'version 2'],
      ['a width that is none', set(12, 3), 'damaged header'],
      ['another count', set(24, 21), 'belongs to another index'],
      ['another vocabulary', set(16, 51), 'belongs to another index'],
      ['a cut header', (bytes: Uint8Array) => bytes.subarray(0, 63), 'fewer than'],
      ['a cut end', (bytes: Uint8Array) => bytes.subarray(0, 103), 'it is cut off'],
      ['more at the end', (bytes: Uint8Array) => Uint8Array.of(...bytes, 0), 'more than its tokens'],
    ] as const)('by %s are refused', async (_, change, message) => {
      await expect(opened(change)).rejects.toThrow(message);
      await expect(opened(change)).rejects.toMatchObject({ name: 'ShardError' });
    });

    test('by a token are found when it is read, and by verify()', async () => {
      const shards = await opened(set(64, 50));
      await expect(shards.verify()).rejects.toThrow('another SHA-256');
      const windows = gather(shards.evenWindows({ batchSize: 10, blockSize: 4 }, 1));
      await expect(windows).rejects.toThrow('token 50, but a vocabulary of 50');
    });

    test('in the index are refused', async () => {
      const { files } = await three();
      const open = (text: string) => {
        files.files.set('index.json', new TextEncoder().encode(text));
        return TokenShards.open(files);
      };
      const good = new TextDecoder().decode(files.files.get('index.json'));
      await expect(open('{')).rejects.toThrow('no index');
      await expect(open('null')).rejects.toThrow('no index');
      await expect(open(good.replace('"shard-00001.bin"', '"../../etc/passwd"'))).rejects.toThrow(
        'no shard in the same',
      );
      await expect(open(good.replace('"tokens": 50', '"tokens": 51'))).rejects.toThrow('says 51');
      await expect(open(good.replace('shard-00001', 'shard-00009'))).rejects.toThrow(
        "no file 'shard-00009.bin'",
      );
      await expect(open(good.replace('shard-00001', 'shard-00000'))).rejects.toThrow('another index');
    });
  });
});
