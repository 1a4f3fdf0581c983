import {
  bytesFor,
  encodeHeader,
  HEADER_BYTES,
  type ShardIndex,
  sha256,
  type TokenFiles,
  tokensToBytes,
} from './format.ts';

export interface ShardWriterOptions {
  /** How many tokens there are in the vocabulary: up to 2^16 take two bytes each, more take four. */
  readonly vocabSize: number;
  /** The most tokens in a shard, which is held in memory until it is full. Default 2^24. */
  readonly shardTokens?: number;
  /** What shards are called: `train-00000.bin`. Default 'shard'. */
  readonly prefix?: string;
  /** The name of the index. Default 'index.json'. */
  readonly indexName?: string;
  /** What to note in the index: which tokenizer, which text. */
  readonly about?: Readonly<Record<string, unknown>>;
}

/** Writes tokens into shards, one after another, and at last the index: without it nothing has been written. */
export class TokenShardWriter {
  readonly #files: TokenFiles;
  readonly #options: ShardWriterOptions;
  readonly #bytesPerToken: 2 | 4;
  readonly #buffer: Uint32Array;
  readonly #shards: { name: string; tokens: number; sha256: string }[] = [];
  #filled = 0;
  #closed = false;

  /** @throws RangeError for a vocabulary or a size of shards that is none. */
  constructor(files: TokenFiles, options: ShardWriterOptions) {
    const { vocabSize, shardTokens = 2 ** 24, prefix = 'shard' } = options;
    this.#bytesPerToken = bytesFor(vocabSize);
    if (!Number.isInteger(shardTokens) || shardTokens < 1) {
      throw new RangeError(`TokenShardWriter: shardTokens is a whole number from 1, not ${shardTokens}.`);
    }
    if (!/^\w[\w.-]*$/.test(prefix)) {
      throw new RangeError(`TokenShardWriter: the prefix '${prefix}' is no plain file name.`);
    }
    this.#files = files;
    this.#options = options;
    this.#buffer = new Uint32Array(shardTokens);
  }

  /** Adds tokens. @throws RangeError for one that the vocabulary does not have: nothing of this call is added. */
  async write(tokens: ArrayLike<number>): Promise<void> {
    if (this.#closed) throw new Error('TokenShardWriter: it has been closed.');
    const { vocabSize } = this.#options;
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i] as number;
      if (Number.isInteger(token) && token >= 0 && token < vocabSize) continue;
      throw new RangeError(
        `TokenShardWriter: token ${token} at position ${i} is not in a vocabulary of ${vocabSize}.`,
      );
    }
    for (let at = 0; at < tokens.length; ) {
      const room = Math.min(this.#buffer.length - this.#filled, tokens.length - at);
      for (let i = 0; i < room; i++) this.#buffer[this.#filled + i] = tokens[at + i] as number;
      this.#filled += room;
      at += room;
      if (this.#filled === this.#buffer.length) await this.#flush();
    }
  }

  /** Writes what is left, and the index. */
  async close(): Promise<ShardIndex> {
    if (this.#closed) throw new Error('TokenShardWriter: it has been closed.');
    if (this.#filled > 0) await this.#flush();
    this.#closed = true;
    const { vocabSize, about, indexName = 'index.json' } = this.#options;
    const index: ShardIndex = {
      ...{
        format: 'lumbre-token-shards',
        version: 1,
        dtype: this.#bytesPerToken === 2 ? 'uint16' : 'uint32',
      },
      ...{
        vocabSize,
        tokens: this.#shards.reduce((sum, { tokens }) => sum + tokens, 0),
        shards: this.#shards,
      },
      ...(about && { about }),
    };
    await this.#files.write(indexName, new TextEncoder().encode(`${JSON.stringify(index, null, 2)}\n`));
    return index;
  }

  async #flush(): Promise<void> {
    const { vocabSize, prefix = 'shard' } = this.#options;
    const bytes = tokensToBytes(this.#buffer.subarray(0, this.#filled), this.#bytesPerToken);
    const hash = await sha256(bytes);
    const header = { bytesPerToken: this.#bytesPerToken, vocabSize, count: this.#filled, sha256: hash };
    const whole = new Uint8Array(HEADER_BYTES + bytes.length);
    whole.set(encodeHeader(header));
    whole.set(bytes, HEADER_BYTES);
    const name = `${prefix}-${String(this.#shards.length).padStart(5, '0')}.bin`;
    await this.#files.write(name, whole);
    this.#shards.push({ name, tokens: this.#filled, sha256: hash });
    this.#filled = 0;
  }
}

export interface WriteShardsOptions extends ShardWriterOptions {
  /** Makes tokens of texts, where the stream has some. */
  readonly encode?: (text: string) => ArrayLike<number>;
  /** A token that is written after each element of the stream: the end of a document. */
  readonly separator?: number;
}

/**
 * Writes a stream of texts or of arrays of tokens as shards.
 * @throws TypeError for a text without `encode`; RangeError for a token that the vocabulary does not have.
 */
export async function writeTokenShards(
  files: TokenFiles,
  stream: Iterable<string | ArrayLike<number>> | AsyncIterable<string | ArrayLike<number>>,
  { encode, separator, ...options }: WriteShardsOptions,
): Promise<ShardIndex> {
  const writer = new TokenShardWriter(files, options);
  for await (const item of stream) {
    if (typeof item === 'string' && !encode) {
      throw new TypeError(
        'writeTokenShards: the stream has texts; pass `encode`, which makes tokens of them.',
      );
    }
    await writer.write(
      typeof item === 'string' ? (encode as (text: string) => ArrayLike<number>)(item) : item,
    );
    if (separator !== undefined) await writer.write([separator]);
  }
  return await writer.close();
}
