import { type PackedKind, packedKinds } from './ggufBlocks.ts';
import { type ElementKind, elementBytes } from './storedArray.ts';

/** A file of GGUF that is damaged, or in a kind that is not known. The message says what is wrong. */
export class GgufError extends Error {
  override readonly name = 'GgufError';
  readonly code = 'hub.gguf';
}

export const fail = (message: string): never => {
  throw new GgufError(`gguf: ${message}. The file is damaged or of another format; get it again.`);
};

/** It ended where more was expected: with more of the file it may be read. */
export class TooShort extends Error {}

/** What a file says of itself under a name. */
export type GgufValue =
  | number
  | bigint
  | boolean
  | string
  | readonly number[]
  | readonly bigint[]
  | readonly string[]
  | readonly boolean[];

export interface GgufTensor {
  readonly kind: ElementKind | PackedKind;
  /** The last size counts what lies beside each other, as everywhere here; the file has it first. */
  readonly shape: readonly number[];
  /** Place in the bytes after the header. */
  readonly start: number;
  readonly end: number;
}

export interface GgufHeader {
  readonly version: number;
  readonly values: ReadonlyMap<string, GgufValue>;
  /** In the order of their places. */
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  /** Where the tensors' bytes begin. */
  readonly dataStart: number;
}

const MAGIC = 0x46554747;
const MOST_VALUES = 2 ** 16;
const MOST_TENSORS = 2 ** 18;
/** Vocabularies have a quarter of a million tokens. */
const MOST_ITEMS = 2 ** 24;
const LONGEST_NAME = 2 ** 16 - 1;
const LONGEST_TEXT = 2 ** 26;
const MOST_DIMENSIONS = 4;
const DEFAULT_ALIGNMENT = 32;

const tensorKinds: Readonly<Record<number, ElementKind | PackedKind>> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  6: 'Q5_0',
  7: 'Q5_1',
  8: 'Q8_0',
  12: 'Q4_K',
  13: 'Q5_K',
  14: 'Q6_K',
  24: 'I8',
  25: 'I16',
  26: 'I32',
  27: 'I64',
  28: 'F64',
  30: 'BF16',
};

/**
 * Reads the header of a GGUF file of version 2 or 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 * @param bytes the beginning of the file
 * @param fileBytes how many the whole file has
 * @throws GgufError for anything that the format does not allow; TooShort when the header goes on after `bytes`
 */
export function parseGgufHeader(bytes: Uint8Array, fileBytes: number): GgufHeader {
  const reader = new Reader(bytes);
  if (bytes.length < 4 || reader.uint32() !== MAGIC) fail("it does not begin with 'GGUF'");
  const version = reader.uint32();
  if (version > 0xffff) fail('it is written in the other order of bytes, which is not read');
  if (version !== 2 && version !== 3) fail(`version ${version} of the format is not known; 2 and 3 are`);
  const tensorCount = reader.count(MOST_TENSORS, 'tensors');
  const valueCount = reader.count(MOST_VALUES, 'values');
  const values = new Map<string, GgufValue>();
  for (let i = 0; i < valueCount; i++) {
    const key = reader.text(LONGEST_NAME);
    if (values.has(key)) fail(`the value ${JSON.stringify(key)} occurs twice`);
    values.set(key, reader.value(reader.uint32()));
  }
  const alignment = values.get('general.alignment') ?? DEFAULT_ALIGNMENT;
  if (typeof alignment !== 'number' || alignment < 8 || alignment > 2 ** 20 || alignment % 8 !== 0) {
    return fail(`its alignment is ${String(alignment).slice(0, 40)}, which is none`);
  }
  const tensors: [string, GgufTensor][] = [];
  const names = new Set<string>();
  for (let i = 0; i < tensorCount; i++) {
    const name = reader.text(LONGEST_NAME);
    if (names.has(name)) fail(`the tensor ${JSON.stringify(name)} occurs twice`);
    names.add(name);
    tensors.push([name, readInfo(reader, name, alignment)]);
  }
  const dataStart = Math.ceil(reader.position / alignment) * alignment;
  tensors.sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  checkPlaces(tensors, fileBytes - dataStart);
  return { version, values, tensors: new Map(tensors), dataStart };
}

function readInfo(reader: Reader, name: string, alignment: number): GgufTensor {
  const quoted = JSON.stringify(name);
  const dimensions = reader.uint32();
  if (dimensions > MOST_DIMENSIONS) fail(`tensor ${quoted} has ${dimensions} dimensions`);
  const shape = Array.from({ length: dimensions }, () =>
    reader.count(Number.MAX_SAFE_INTEGER, `elements in tensor ${quoted}`),
  ).reverse();
  const type = reader.uint32();
  const start = reader.count(Number.MAX_SAFE_INTEGER, `bytes before tensor ${quoted}`);
  const kind = tensorKinds[type];
  if (kind === undefined) {
    throw new GgufError(
      `gguf: tensor ${quoted} is of kind ${type}, which is not read; known are ${Object.values(tensorKinds).join(', ')}. ` +
        'Take another file of the same model: those with Q8_0, Q4_K_M or F16 in their names are read.',
    );
  }
  if (start % alignment !== 0) fail(`tensor ${quoted} is not aligned to ${alignment} bytes`);
  const count = shape.reduce((product, size) => product * size, 1);
  const packed = isPacked(kind) ? packedKinds[kind] : undefined;
  if (packed && (shape.at(-1) ?? 1) % packed.elements !== 0) {
    fail(
      `tensor ${quoted} is ${kind}, of which rows are blocks of ${packed.elements}, and its rows have ${shape.at(-1)}`,
    );
  }
  const bytes = packed ? (count / packed.elements) * packed.bytes : count * elementBytes[kind as ElementKind];
  if (!Number.isSafeInteger(start + bytes)) fail(`tensor ${quoted} is larger than any file`);
  return { kind, shape, start, end: start + bytes };
}

export const isPacked = (kind: ElementKind | PackedKind): kind is PackedKind =>
  Object.hasOwn(packedKinds, kind);

function checkPlaces(tensors: readonly (readonly [string, GgufTensor])[], available: number): void {
  let position = 0;
  for (const [name, { start, end }] of tensors) {
    if (start < position) fail(`tensor ${JSON.stringify(name)} overlaps with another one`);
    if (end > available) {
      fail(
        `tensor ${JSON.stringify(name)} ends at byte ${end}, but only ${available} are there: the file is cut short`,
      );
    }
    position = end;
  }
}

/** Bytes of the kinds of values that have a fixed size, by their numbers in the format. */
const valueBytes: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const TEXT = 8;
const ARRAY = 9;

/** Reads from left to right, and only what is there. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #take(count: number): number {
    const start = this.position;
    if (count > this.#bytes.length - start) throw new TooShort('gguf: the header goes on.');
    this.position += count;
    return start;
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  count(most: number, what: string): number {
    const value = this.#view.getBigUint64(this.#take(8), true);
    return value > BigInt(most)
      ? fail(`it claims ${value} ${what}, more than the ${most} that are allowed`)
      : Number(value);
  }

  text(longest: number): string {
    const length = this.count(longest, 'bytes of a text');
    const start = this.#take(length);
    // Tokens may be parts of characters; names never are, and then are merely names that nobody looks for.
    return new TextDecoder().decode(this.#bytes.subarray(start, start + length));
  }

  value(type: number): GgufValue {
    if (type === TEXT) return this.text(LONGEST_TEXT);
    return type === ARRAY ? this.#array() : this.#scalar(type);
  }

  #scalar(type: number): number | bigint | boolean {
    const bytes = valueBytes[type];
    if (bytes === undefined) return fail(`a value is of kind ${type}, which is not known`);
    const at = this.#take(bytes);
    switch (type) {
      case 0:
        return this.#view.getUint8(at);
      case 1:
        return this.#view.getInt8(at);
      case 2:
        return this.#view.getUint16(at, true);
      case 3:
        return this.#view.getInt16(at, true);
      case 4:
        return this.#view.getUint32(at, true);
      case 5:
        return this.#view.getInt32(at, true);
      case 6:
        return this.#view.getFloat32(at, true);
      case 7:
        return this.#view.getUint8(at) !== 0;
      case 12:
        return this.#view.getFloat64(at, true);
      default: {
        const value = type === 10 ? this.#view.getBigUint64(at, true) : this.#view.getBigInt64(at, true);
        const exact = value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
        return exact ? Number(value) : value;
      }
    }
  }

  #array(): GgufValue {
    const type = this.uint32();
    if (type === ARRAY) return fail('a list holds lists, which is not read');
    const count = this.count(MOST_ITEMS, 'items of a list');
    // So that no memory is taken for items that are not there.
    const smallest =
      type === TEXT ? 8 : (valueBytes[type] ?? fail(`a list is of kind ${type}, which is not known`));
    if (count * smallest > this.#bytes.length - this.position)
      throw new TooShort('gguf: the header goes on.');
    if (type === TEXT) return Array.from({ length: count }, () => this.text(LONGEST_TEXT));
    return Array.from({ length: count }, () => this.#scalar(type)) as GgufValue;
  }
}
