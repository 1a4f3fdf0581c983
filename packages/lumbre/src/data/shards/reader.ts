import { defaultGenerator, type Generator } from '../../tensor/generator.ts';
import type { HostArray } from '../hostArray.ts';
import { integersBelow } from '../shuffle.ts';
import {
  bytesToTokens,
  decodeHeader,
  decodeIndex,
  HEADER_BYTES,
  ShardError,
  type ShardHeader,
  type ShardIndex,
  sha256,
  type TokenFiles,
} from './format.ts';

export interface TokenShardsOptions {
  /** The name of the index. Default 'index.json'. */
  readonly indexName?: string;
  /** How many tokens are read at a time. Default 2^15. */
  readonly blockTokens?: number;
  /** How many such blocks are kept. Default 256: 32 MB as they are read. */
  readonly cachedBlocks?: number;
}

export interface WindowOptions {
  readonly batchSize: number;
  /** How many tokens a model sees; windows have one more, the last target. */
  readonly blockSize: number;
  /** Default: the default generator. Its state is all that must be kept to go on with the same windows. */
  readonly generator?: Generator;
}

interface Shard {
  readonly name: string;
  readonly header: ShardHeader;
}

/** Tokens on disk, read in pieces: a corpus may be larger than memory. */
export class TokenShards {
  readonly index: ShardIndex;
  readonly #files: TokenFiles;
  readonly #shards: readonly Shard[];
  readonly #blockTokens: number;
  readonly #cachedBlocks: number;
  /** Blocks by shard and number, the one used last at the end. Promises: who asks at the same time reads once. */
  readonly #blocks = new Map<string, Promise<Int32Array>>();

  private constructor(
    files: TokenFiles,
    index: ShardIndex,
    shards: readonly Shard[],
    { blockTokens = 2 ** 15, cachedBlocks = 256 }: TokenShardsOptions,
  ) {
    this.#files = files;
    this.index = index;
    this.#shards = shards;
    this.#blockTokens = blockTokens;
    this.#cachedBlocks = cachedBlocks;
  }

  /**
   * Opens shards by their index. Headers and sizes of all files are looked at; tokens are when they are read.
   * @throws ShardError for an index or a shard that is none, is cut off, or is another than the index says.
   */
  static async open(files: TokenFiles, options: TokenShardsOptions = {}): Promise<TokenShards> {
    const { indexName = 'index.json' } = options;
    const index = decodeIndex(await files.read(indexName, 0, await files.size(indexName)), indexName);
    const shards: Shard[] = [];
    for (const { name, tokens, sha256: hash } of index.shards) {
      const header = decodeHeader(await files.read(name, 0, HEADER_BYTES), name);
      if (header.vocabSize !== index.vocabSize || header.count !== tokens || header.sha256 !== hash) {
        throw new ShardError(
          `${name} has ${header.count} tokens of a vocabulary of ${header.vocabSize} and is not the shard that the index ` +
            `names, with ${tokens} of ${index.vocabSize}; it belongs to another index.`,
        );
      }
      const size = await files.size(name);
      const expected = HEADER_BYTES + header.count * header.bytesPerToken;
      if (size !== expected) {
        throw new ShardError(
          `${name} has ${size} bytes, expected ${expected}: ${size < expected ? 'it is cut off' : 'there is more than its tokens'}.`,
        );
      }
      shards.push({ name, header });
    }
    return new TokenShards(files, index, shards, options);
  }

  /** The number of tokens. */
  get length(): number {
    return this.index.tokens;
  }

  /** Reads everything and compares it with the hashes. @throws ShardError for a shard that is damaged. */
  async verify(): Promise<void> {
    for (const { name, header } of this.#shards) {
      const end = HEADER_BYTES + header.count * header.bytesPerToken;
      const bytes = (await this.#files.read(name, HEADER_BYTES, end)).slice();
      if ((await sha256(bytes)) !== header.sha256) {
        throw new ShardError(`${name} is damaged: its tokens have another SHA-256 than its header says.`);
      }
      bytesToTokens(bytes, header, new Int32Array(header.count), name);
    }
  }

  /**
   * The next batch of windows from random places, int32 [batchSize, blockSize + 1]: all but the last column are what a
   * model sees, all but the first what it should say. A window lies within one shard; each place is equally probable.
   * @throws ShardError when no shard is long enough, or for a token that the vocabulary does not have.
   */
  async randomWindows({
    batchSize,
    blockSize,
    generator = defaultGenerator,
  }: WindowOptions): Promise<HostArray> {
    const total = this.#places(blockSize);
    const below = integersBelow(generator);
    const places = Array.from({ length: batchSize }, () => below(total));
    return await this.#windows(places, blockSize);
  }

  /** `randomWindows` without end. */
  async *windows(options: WindowOptions): AsyncGenerator<HostArray, never, undefined> {
    for (;;) yield await this.randomWindows(options);
  }

  /** The same windows each time, spread evenly over all shards: to estimate a loss on. */
  async *evenWindows(
    { batchSize, blockSize }: Omit<WindowOptions, 'generator'>,
    batches: number,
  ): AsyncGenerator<HostArray, void, undefined> {
    const total = this.#places(blockSize);
    const rows = batches * batchSize;
    for (let batch = 0; batch < batches; batch++) {
      const places = Array.from({ length: batchSize }, (_, row) =>
        rows > 1 ? Math.floor(((batch * batchSize + row) * (total - 1)) / (rows - 1)) : 0,
      );
      yield await this.#windows(places, blockSize);
    }
  }

  /** How many places there are for a window. */
  #places(blockSize: number): number {
    const total = this.#shards.reduce((sum, { header }) => sum + Math.max(0, header.count - blockSize), 0);
    if (Number.isInteger(blockSize) && blockSize >= 1 && total > 0) return total;
    const longest = this.#shards.reduce((most, { header }) => Math.max(most, header.count), 0);
    throw new ShardError(
      `Token shards: no shard has room for ${blockSize} tokens and one more, the longest has ${longest}; take a smaller ` +
        'block size, or write larger shards.',
    );
  }

  async #windows(places: readonly number[], blockSize: number): Promise<HostArray> {
    const width = blockSize + 1;
    const data = new Int32Array(places.length * width);
    const read = async (place: number, row: number): Promise<void> => {
      let start = place;
      for (const [number, { header }] of this.#shards.entries()) {
        const own = Math.max(0, header.count - blockSize);
        if (start < own) return this.#read(number, start, data.subarray(row * width, (row + 1) * width));
        start -= own;
      }
    };
    await Promise.all(places.map(read));
    return { data, shape: [places.length, width], dtype: 'int32' };
  }

  /** Tokens of a shard from `start` on. */
  async #read(shard: number, start: number, out: Int32Array): Promise<void> {
    const size = this.#blockTokens;
    for (let at = 0; at < out.length; ) {
      const number = Math.floor((start + at) / size);
      const block = await this.#block(shard, number);
      const from = start + at - number * size;
      const part = block.subarray(from, from + out.length - at);
      out.set(part, at);
      at += part.length;
    }
  }

  #block(shard: number, number: number): Promise<Int32Array> {
    const key = `${shard}:${number}`;
    const block = this.#blocks.get(key) ?? this.#load(shard, number);
    // To the end of the map: the first is the one used longest ago.
    this.#blocks.delete(key);
    this.#blocks.set(key, block);
    // What could not be read may be there the next time.
    block.catch(() => this.#blocks.delete(key));
    if (this.#blocks.size > this.#cachedBlocks)
      this.#blocks.delete(this.#blocks.keys().next().value as string);
    return block;
  }

  async #load(shard: number, number: number): Promise<Int32Array> {
    const { name, header } = this.#shards[shard] as Shard;
    const first = number * this.#blockTokens;
    const count = Math.min(this.#blockTokens, header.count - first);
    const start = HEADER_BYTES + first * header.bytesPerToken;
    const bytes = await this.#files.read(name, start, start + count * header.bytesPerToken);
    if (bytes.length !== count * header.bytesPerToken) {
      throw new ShardError(`${name} was cut off while it was read: ${bytes.length} bytes from ${start} on.`);
    }
    const tokens = new Int32Array(count);
    bytesToTokens(bytes, header, tokens, name);
    return tokens;
  }
}
