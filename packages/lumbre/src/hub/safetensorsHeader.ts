import { formatShape } from '../graph/shape.ts';
import { type Json, parseJson } from './json.ts';
import { type ElementKind, elementBytes } from './storedArray.ts';

/**
 * The header of a safetensors file: 8 bytes with its length, then JSON that names each tensor's dtype, shape and place
 * in the bytes that follow. Read as the reference implementation does (huggingface/safetensors): every byte belongs to
 * exactly one tensor, so that a file has no hidden parts.
 */
export interface TensorInfo {
  readonly dtype: ElementKind;
  readonly shape: readonly number[];
  /** Place in the bytes after the header. */
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** By name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Where the tensors' bytes begin. */
  readonly dataStart: number;
}

/** The reference implementation's limit. */
export const maximumHeaderBytes = 100_000_000;

/** A file that is not what it should be. The message says what is wrong and where. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
  readonly code = 'hub.safetensors';
}

function fail(message: string): never {
  throw new SafetensorsError(
    `safetensors: ${message}. The file is damaged or of another format; get it again, or use an older copy.`,
  );
}

/** The length of the header, from the first 8 bytes of a file of `size` bytes. @throws SafetensorsError */
export function headerLengthOf(bytes: Uint8Array, size: number): number {
  if (bytes.length < 8) fail(`expected at least 8 bytes, got ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(maximumHeaderBytes)) {
    fail(`its header claims ${length} bytes, more than the ${maximumHeaderBytes} that are allowed`);
  }
  if (8 + Number(length) > size) {
    fail(`its header claims ${length} bytes, but only ${size - 8} follow`);
  }
  return Number(length);
}

/**
 * Reads the JSON of a header, of a file of `size` bytes.
 * @throws SafetensorsError for anything that the format does not allow.
 */
export function parseHeaderText(text: Uint8Array, size: number): SafetensorsHeader {
  const dataStart = 8 + text.length;
  const entries = parseEntries(text);
  const metadata = parseMetadata(entries.get('__metadata__'));
  entries.delete('__metadata__');
  const tensors = new Map([...entries].map(([name, entry]) => [name, parseInfo(name, entry)]));
  checkPlaces(tensors, size - dataStart);
  return { tensors, metadata, dataStart };
}

/** @throws SafetensorsError for anything that the format does not allow. */
export function parseSafetensorsHeader(bytes: Uint8Array): SafetensorsHeader {
  const length = headerLengthOf(bytes, bytes.length);
  return parseHeaderText(bytes.subarray(8, 8 + length), bytes.length);
}

function parseEntries(bytes: Uint8Array): Map<string, Json> {
  if (bytes[0] !== 0x7b) fail("its header does not start with '{'");
  let json: Json;
  try {
    json = parseJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    fail(`its header is ${error instanceof SyntaxError ? error.message : 'not UTF-8'}`);
  }
  return json instanceof Map ? json : fail('its header is not a JSON object');
}

function parseMetadata(json: Json | undefined): Map<string, string> {
  const metadata = new Map<string, string>();
  if (json === undefined) return metadata;
  if (!(json instanceof Map)) return fail('__metadata__ is not an object');
  for (const [key, value] of json) {
    if (typeof value !== 'string')
      fail(`__metadata__ has ${JSON.stringify(key)} with a value that is not a string`);
    metadata.set(key, value);
  }
  return metadata;
}

const isSize = (value: Json): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isDtype = (name: Json | undefined): name is ElementKind =>
  typeof name === 'string' && Object.hasOwn(elementBytes, name);

function parseInfo(name: string, entry: Json): TensorInfo {
  const quoted = JSON.stringify(name);
  if (!(entry instanceof Map)) return fail(`the entry of tensor ${quoted} is not an object`);
  const dtype = entry.get('dtype');
  const shape = entry.get('shape');
  const offsets = entry.get('data_offsets');
  if (!isDtype(dtype)) {
    return fail(
      `tensor ${quoted} has dtype ${JSON.stringify(dtype)}; known are ${Object.keys(elementBytes).join(', ')}`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    return fail(`tensor ${quoted} has a shape that is not a list of sizes`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    return fail(`tensor ${quoted} has data_offsets that are not two positions`);
  }
  const [start, end] = offsets as [number, number];
  const bytes = shape.reduce((product, size) => product * size, elementBytes[dtype]);
  if (bytes !== end - start) {
    fail(
      `tensor ${quoted} is ${dtype}${formatShape(shape)}, ${bytes} bytes, but its place has ${end - start}`,
    );
  }
  return { dtype, shape, start, end };
}

/** No holes, no overlaps, nothing after the last tensor. */
function checkPlaces(tensors: ReadonlyMap<string, TensorInfo>, available: number): void {
  let position = 0;
  const inOrder = [...tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  for (const [name, { start, end }] of inOrder) {
    if (start !== position) {
      fail(
        `tensor ${JSON.stringify(name)} starts at byte ${start}, expected ${position}: a hole or an overlap`,
      );
    }
    if (end > available) {
      fail(
        `tensor ${JSON.stringify(name)} ends at byte ${end}, but only ${available} are there: the file is cut short`,
      );
    }
    position = end;
  }
  if (position !== available) fail(`${available - position} bytes follow the last tensor`);
}
