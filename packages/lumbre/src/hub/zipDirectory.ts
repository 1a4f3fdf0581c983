import type { RandomAccessFile } from './randomAccess.ts';

/** A member of a zip archive. */
export interface ZipMember {
  readonly name: string;
  readonly size: number;
  /** Where the member's own header begins. */
  readonly headerStart: number;
  /** Whether its bytes lie there as they are, neither compressed nor encrypted. */
  readonly isPlain: boolean;
}

/** What goes wrong is told as an error of the format that is packed so. */
export type Fail = (message: string) => never;

const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const END64_BYTES = 56;
const LOCATOR_BYTES = 20;
const MEMBER_BYTES = 46;
const LOCAL_BYTES = 30;
/** Directories of archives with ten thousands of tensors have a few MB. */
const MOST_DIRECTORY_BYTES = 2 ** 26;

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A 64-bit size or place; one that no file has becomes one that no check lets through. */
function wide(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}

/**
 * The members of a zip archive, by its directory, which is at its end: nothing else is read.
 */
export async function readZipDirectory(file: RandomAccessFile, fail: Fail): Promise<Map<string, ZipMember>> {
  const { start, size, count } = await findDirectory(file, fail);
  if (size > MOST_DIRECTORY_BYTES || count * MEMBER_BYTES > size) {
    fail(`its directory claims ${count} members in ${size} bytes, which cannot be`);
  }
  if (start + size > file.size) fail('its directory lies beyond its end');
  const bytes = await file.read(start, start + size);
  const view = viewOf(bytes);
  const members = new Map<string, ZipMember>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + MEMBER_BYTES > size || view.getUint32(at, true) !== 0x02014b50) fail('its directory is damaged');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) =>
      view.getUint16(at + o, true),
    ) as [number, number, number];
    const next = at + MEMBER_BYTES + nameLength + extraLength + commentLength;
    if (next > size) fail('its directory is damaged');
    const name = new TextDecoder().decode(bytes.subarray(at + MEMBER_BYTES, at + MEMBER_BYTES + nameLength));
    if (members.has(name)) fail(`its member ${JSON.stringify(name)} occurs twice`);
    const isPlain = (view.getUint16(at + 8, true) & 1) === 0 && view.getUint16(at + 10, true) === 0;
    const member = placeOf(view, at, nameLength, extraLength, fail);
    if (isPlain && member.headerStart + LOCAL_BYTES + member.size > file.size) {
      fail(`its member ${JSON.stringify(name)} lies beyond its end: the file is cut short`);
    }
    members.set(name, { name, isPlain, ...member });
    at = next;
  }
  return members;
}

async function findDirectory(
  file: RandomAccessFile,
  fail: Fail,
): Promise<{ start: number; size: number; count: number }> {
  const tailStart = Math.max(0, file.size - END_BYTES - LONGEST_COMMENT);
  const tail = await file.read(tailStart, file.size);
  const view = viewOf(tail);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    if (at + END_BYTES + view.getUint16(at + 20, true) !== tail.length) continue;
    const end = {
      count: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      start: view.getUint32(at + 16, true),
    };
    const isWide = end.count === 0xffff || end.size === 0xffffffff || end.start === 0xffffffff;
    return isWide ? await findWide(file, tailStart + at, fail) : end;
  }
  return fail('it has no directory at its end: the file is cut short');
}

async function findWide(file: RandomAccessFile, endStart: number, fail: Fail) {
  if (endStart < LOCATOR_BYTES) fail('its directory is damaged');
  const locator = viewOf(await file.read(endStart - LOCATOR_BYTES, endStart));
  const place = wide(locator, 8);
  if (locator.getUint32(0, true) !== 0x07064b50 || place > endStart - LOCATOR_BYTES - END64_BYTES) {
    fail('its directory is damaged');
  }
  const end = viewOf(await file.read(place, place + END64_BYTES));
  if (end.getUint32(0, true) !== 0x06064b50) fail('its directory is damaged');
  return { count: wide(end, 32), size: wide(end, 40), start: wide(end, 48) };
}

/** Size and place of a member, from the extra field where they need 64 bits. */
function placeOf(view: DataView, at: number, nameLength: number, extraLength: number, fail: Fail) {
  const packed = view.getUint32(at + 20, true);
  let size = view.getUint32(at + 24, true);
  let headerStart = view.getUint32(at + 42, true);
  if (size !== 0xffffffff && headerStart !== 0xffffffff) {
    return { size, headerStart };
  }
  const extraEnd = at + MEMBER_BYTES + nameLength + extraLength;
  for (let field = extraEnd - extraLength; field + 4 <= extraEnd; ) {
    const end = field + 4 + view.getUint16(field + 2, true);
    if (end > extraEnd) break;
    if (view.getUint16(field, true) === 1) {
      let value = field + 4;
      const take = (): number => {
        if (value + 8 > end) fail('its directory is damaged');
        value += 8;
        return wide(view, value - 8);
      };
      if (size === 0xffffffff) size = take();
      if (packed === 0xffffffff) take();
      if (headerStart === 0xffffffff) headerStart = take();
      return { size, headerStart };
    }
    field = end;
  }
  return fail('its directory is damaged');
}

/**
 * Where a member's bytes begin: after its own header, whose length only the header knows. It must be stored as it is, as
 * PyTorch stores them.
 */
export async function dataStartOf(file: RandomAccessFile, member: ZipMember, fail: Fail): Promise<number> {
  const { headerStart, size, name, isPlain } = member;
  if (!isPlain) fail(`its member ${JSON.stringify(name)} is compressed or encrypted, which is not read`);
  const header = viewOf(await file.read(headerStart, headerStart + LOCAL_BYTES));
  const start = headerStart + LOCAL_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
  if (header.getUint32(0, true) !== 0x04034b50 || start + size > file.size) {
    fail(`its member ${JSON.stringify(name)} is damaged`);
  }
  return start;
}
