/** Why token shards cannot be written or read. */
export class ShardError extends Error {
  override readonly name = 'ShardError';
}

/**
 * Where shards are: a folder, a store of a browser, a server. Names are plain file names.
 */
export interface TokenFiles {
  /** Bytes `start` to `end` (without it) of a file; fewer where it ends before. */
  read(name: string, start: number, end: number): Promise<Uint8Array>;
  /** How many bytes a file has. */
  size(name: string): Promise<number>;
  /** Writes a whole file, or nothing. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** What a shard says of itself. */
export interface ShardHeader {
  readonly bytesPerToken: 2 | 4;
  readonly vocabSize: number;
  readonly count: number;
  /** SHA-256 of the tokens' bytes, in hexadecimal. */
  readonly sha256: string;
}

/** `index.json`: all shards in order. */
export interface ShardIndex {
  readonly format: 'lumbre-token-shards';
  readonly version: 1;
  readonly dtype: 'uint16' | 'uint32';
  readonly vocabSize: number;
  readonly tokens: number;
  readonly shards: readonly { readonly name: string; readonly tokens: number; readonly sha256: string }[];
  /** What the writer was told to note: which tokenizer, which text. */
  readonly about?: Readonly<Record<string, unknown>>;
}

/**
 * A shard is 64 bytes and then the tokens, all little-endian: 'LUMBTOKS', version, bytes for each token, size of the
 * vocabulary, 0 (uint32 each), the number of tokens (uint64), SHA-256 of the tokens' bytes (32 bytes).
 */
export const HEADER_BYTES = 64;
const MAGIC = 'LUMBTOKS';
const VERSION = 1;

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/** The number of bytes for a token of a vocabulary. @throws RangeError for a size that is none. */
export function bytesFor(vocabSize: number): 2 | 4 {
  if (!Number.isInteger(vocabSize) || vocabSize < 1 || vocabSize > 2 ** 31) {
    throw new RangeError(`Token shards: vocabSize is a whole number from 1 to 2^31, not ${vocabSize}.`);
  }
  return vocabSize <= 2 ** 16 ? 2 : 4;
}

export function encodeHeader({ bytesPerToken, vocabSize, count, sha256: hash }: ShardHeader): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, VERSION, true);
  view.setUint32(12, bytesPerToken, true);
  view.setUint32(16, vocabSize, true);
  view.setBigUint64(24, BigInt(count), true);
  for (let i = 0; i < 32; i++) bytes[32 + i] = Number.parseInt(hash.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** @throws ShardError for what is no header. */
export function decodeHeader(bytes: Uint8Array, name: string): ShardHeader {
  if (bytes.length < HEADER_BYTES) {
    throw new ShardError(
      `${name} has ${bytes.length} bytes, fewer than a shard's header; it is cut off, or no shard.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = String.fromCharCode(...bytes.subarray(0, 8));
  if (magic !== MAGIC) {
    throw new ShardError(`${name} is no token shard: it does not begin with '${MAGIC}'.`);
  }
  const version = view.getUint32(8, true);
  if (version !== VERSION) {
    throw new ShardError(`${name} is a shard of version ${version}; this library reads version ${VERSION}.`);
  }
  const bytesPerToken = view.getUint32(12, true);
  const vocabSize = view.getUint32(16, true);
  const count = view.getBigUint64(24, true);
  if ((bytesPerToken !== 2 && bytesPerToken !== 4) || vocabSize < 1 || count > 2n ** 50n) {
    throw new ShardError(
      `${name} has a damaged header: ${bytesPerToken} bytes for each of ${count} tokens of a vocabulary of ${vocabSize}.`,
    );
  }
  return { bytesPerToken, vocabSize, count: Number(count), sha256: toHex(bytes.subarray(32, 64)) };
}

/** The index in the bytes of `index.json`. @throws ShardError for what is none. */
export function decodeIndex(bytes: Uint8Array, name: string): ShardIndex {
  let index: Partial<ShardIndex> | null;
  try {
    index = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Partial<ShardIndex> | null;
  } catch (error) {
    throw new ShardError(`${name} is no index of token shards: ${(error as Error).message}`);
  }
  if (index?.format !== 'lumbre-token-shards' || index.version !== 1 || !Array.isArray(index.shards)) {
    throw new ShardError(`${name} is no index of token shards, or of another version.`);
  }
  for (const shard of index.shards as readonly unknown[]) {
    const { name: file, tokens, sha256: hash } = (shard ?? {}) as ShardIndex['shards'][number];
    const isName = typeof file === 'string' && /^[\w.-]+$/.test(file) && !file.startsWith('.');
    if (!isName || !Number.isSafeInteger(tokens) || tokens < 0 || typeof hash !== 'string') {
      throw new ShardError(`${name} lists ${JSON.stringify(shard)}, which is no shard in the same folder.`);
    }
  }
  const sum = index.shards.reduce((total, { tokens }) => total + tokens, 0);
  if (index.tokens !== sum)
    throw new ShardError(`${name} says ${index.tokens} tokens, but its shards have ${sum}.`);
  return index as ShardIndex;
}

/** Tokens as bytes in little-endian order, whatever the machine's. */
export function tokensToBytes(tokens: ArrayLike<number>, bytesPerToken: 2 | 4): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(tokens.length * bytesPerToken);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < tokens.length; i++) {
    if (bytesPerToken === 2) view.setUint16(2 * i, tokens[i] as number, true);
    else view.setUint32(4 * i, tokens[i] as number, true);
  }
  return bytes;
}

/** The tokens in bytes, written to `out`. @throws ShardError for one that the vocabulary does not have. */
export function bytesToTokens(
  bytes: Uint8Array,
  { bytesPerToken, vocabSize }: Pick<ShardHeader, 'bytesPerToken' | 'vocabSize'>,
  out: Int32Array,
  name: string,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < out.length; i++) {
    const token = bytesPerToken === 2 ? view.getUint16(2 * i, true) : view.getUint32(4 * i, true);
    if (token >= vocabSize) {
      throw new ShardError(
        `${name} has token ${token}, but a vocabulary of ${vocabSize}; the file is damaged.`,
      );
    }
    out[i] = token;
  }
}
