import { Gunzip } from 'fflate';
import { decodeText } from '../text.ts';
import type { Normalization } from './entry.ts';
import { damaged } from './errors.ts';

/** The checksum of gzip, by tables for each byte (RFC 1952, in its last part). */
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) {
    crc = (crcTable[(crc ^ (bytes[i] as number)) & 255] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

/** What ends a gzip file: the checksum and the length of its content. */
const TRAILER_BYTES = 8;

/** Unpacked at a time, so that a file that claims to be huge is noticed early. */
const CHUNK_BYTES = 1 << 16;

/**
 * Unpacks gzip, of one part as gzip writes it.
 * @param maximumBytes more than this is refused, before memory is taken for it
 * @throws DataSetError for what is no gzip, ends too early, or unpacks to more
 */
export function gunzip(bytes: Uint8Array, name: string, maximumBytes: number): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes.length < 10 + TRAILER_BYTES)
    throw damaged(name, 'it does not begin as gzip does');
  const parts: Uint8Array[] = [];
  let total = 0;
  const stream = new Gunzip((part) => {
    total += part.length;
    if (total > maximumBytes) {
      throw damaged(name, `it unpacks to more than the ${maximumBytes} bytes that were expected`);
    }
    parts.push(part);
  });
  try {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      stream.push(bytes.subarray(at, at + CHUNK_BYTES), at + CHUNK_BYTES >= bytes.length);
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'DataSetError') throw error;
    throw damaged(name, `it cannot be unpacked (${error instanceof Error ? error.message : error})`, error);
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  // The unpacker does not mind an end in the middle.
  const end = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - TRAILER_BYTES);
  if (end.getUint32(4, true) !== total >>> 0 || end.getUint32(0, true) !== crc32(whole)) {
    throw damaged(name, 'its checksum is wrong: it ends in the middle, or bytes were changed');
  }
  return whole;
}

function unpack(
  bytes: Uint8Array,
  name: string,
  maximumBytes: number,
  options: NormalizeOptions,
): Uint8Array {
  if (!options.gunzip) return gunzip(bytes, name, maximumBytes);
  try {
    return options.gunzip(bytes, maximumBytes);
  } catch (error) {
    throw damaged(name, `it cannot be unpacked (${error instanceof Error ? error.message : error})`, error);
  }
}

const START = /^\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG EBOOK.*$/im;
const END = /^\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG EBOOK.*$/im;
/** Who typed the book in: a paragraph of Project Gutenberg's, not of the author's. */
const CREDITS = /^(?:produced by|e-text prepared|this e-?text was)[^\n]*(?:\n[^\n]+)*\n*/i;

/** A book without what Project Gutenberg puts before and after it. Without its marks, the text stays as it is. */
export function stripGutenberg(text: string): string {
  const start = START.exec(text);
  const end = END.exec(text);
  const from = start ? start.index + start[0].length : 0;
  const book = text.slice(from, end && end.index > from ? end.index : undefined);
  return `${book
    .replace(/[ \t]+$/gm, '')
    .replace(/^\n+/, '')
    .replace(CREDITS, '')
    .trim()}\n`;
}

const BLOCK = 512;
const field = (block: Uint8Array, from: number, length: number): string =>
  new TextDecoder('latin1').decode(block.subarray(from, from + length)).split('\0', 1)[0] as string;

/**
 * The file of a name in a tar archive (POSIX ustar).
 * @throws DataSetError when there is none, or the archive is damaged
 */
export function tarMember(archive: Uint8Array, member: string, name: string): Uint8Array {
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    const path = field(header, 0, 100);
    if (path === '') break;
    const digits = field(header, 124, 12).trim();
    if (!/^[0-7]{1,11}$/.test(digits)) throw damaged(name, 'a length in its tar archive is no number');
    const size = Number.parseInt(digits, 8);
    const start = at + BLOCK;
    if (start + size > archive.length) throw damaged(name, 'its tar archive ends in the middle');
    if (path.replace(/^\.\//, '') === member) return archive.slice(start, start + size);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw damaged(name, `its tar archive has no file ${member}`);
}

export interface NormalizeOptions {
  /** Unpacks gzip faster than this library's own way: Node's zlib does. It throws for what is damaged or too large. */
  readonly gunzip?: (bytes: Uint8Array, maximumBytes: number) => Uint8Array;
}

/**
 * The same content as the same bytes, however it was packed and whichever line ends it has.
 *
 * @param name what to call the file in messages
 * @param maximumBytes the most that may come out
 * @throws DataSetError when a step cannot be done; TextError for a text in another encoding
 */
export function normalizeFile(
  bytes: Uint8Array,
  steps: readonly Normalization[],
  name: string,
  maximumBytes: number,
  options: NormalizeOptions = {},
): Uint8Array {
  let content = bytes;
  for (const step of steps) {
    if (step === 'gunzip') content = unpack(content, name, maximumBytes, options);
    else if (step === 'text') content = new TextEncoder().encode(decodeText(content, name));
    else if (step === 'gutenberg') {
      content = new TextEncoder().encode(stripGutenberg(decodeText(content, name)));
    } else content = tarMember(content, step.member, name);
  }
  return content;
}
