import { maskedCrc32c } from '../../src/train/tensorboard/crc32c.ts';

/** A field of a protobuf message: whole numbers and floats as numbers, all else as bytes. */
type Field = readonly [number: number, value: number | Uint8Array];

/** Reads a protobuf message, one level deep. */
export function readMessage(bytes: Uint8Array): Field[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = view.getUint8(at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const take = (length: number) => {
    at += length;
    return at - length;
  };
  while (at < bytes.length) {
    const key = varint();
    const [field, type] = [key >>> 3, key & 7];
    if (type === 0) fields.push([field, varint()]);
    else if (type === 1) fields.push([field, view.getFloat64(take(8), true)]);
    else if (type === 5) fields.push([field, view.getFloat32(take(4), true)]);
    else {
      const length = varint();
      const from = take(length);
      fields.push([field, bytes.subarray(from, from + length)]);
    }
  }
  return fields;
}

const first = (fields: readonly Field[], number: number) => fields.find(([field]) => field === number)?.[1];

/**
 * The contents of a file's records. @throws Error where a length or a CRC is wrong, or the file is cut short, unless that may be
 */
export function readRecords(file: Uint8Array, mayBeCut = false): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length; ) {
    if (mayBeCut && (at + 16 > file.length || at + 16 + view.getUint32(at, true) > file.length)) break;
    const length = view.getUint32(at, true);
    if (view.getUint32(at + 4, true) !== 0) throw new Error(`record at ${at}: longer than 4 GiB`);
    if (view.getUint32(at + 8, true) !== maskedCrc32c(file.subarray(at, at + 8))) {
      throw new Error(`record at ${at}: the length's CRC is wrong`);
    }
    const content = file.subarray(at + 12, at + 12 + length);
    if (view.getUint32(at + 12 + length, true) !== maskedCrc32c(content)) {
      throw new Error(`record at ${at}: the content's CRC is wrong`);
    }
    records.push(content);
    at += 12 + length + 4;
  }
  return records;
}

export interface ReadEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly version?: string;
  /** Whether a run that goes on says so. */
  readonly restart: boolean;
  readonly tag?: string;
  readonly scalar?: number;
}

const text = (value: number | Uint8Array | undefined): string | undefined =>
  value instanceof Uint8Array ? new TextDecoder().decode(value) : undefined;

/** The events of a file, as far as tests ask for them. */
export const readEvents = (file: Uint8Array, mayBeCut = false): ReadEvent[] =>
  readRecords(file, mayBeCut).map((record) => {
    const fields = readMessage(record);
    const version = text(first(fields, 3));
    const summary = first(fields, 5);
    const value = summary instanceof Uint8Array ? (first(readMessage(summary), 1) as Uint8Array) : null;
    const valueFields = value ? readMessage(value) : [];
    const [tag, scalar] = [text(first(valueFields, 1)), first(valueFields, 2)];
    return {
      wallTime: first(fields, 1) as number,
      step: (first(fields, 2) as number | undefined) ?? 0,
      restart: first(fields, 7) !== undefined,
      ...(version !== undefined && { version }),
      ...(tag !== undefined && { tag }),
      ...(typeof scalar === 'number' && { scalar }),
    };
  });
