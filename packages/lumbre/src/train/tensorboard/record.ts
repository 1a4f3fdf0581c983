import { maskedCrc32c } from './crc32c.ts';

/** A record of a TFRecord file: length (64 bits), CRC of the length, the bytes, CRC of the bytes; low bytes first. */
export function tfRecord(content: Uint8Array): Uint8Array {
  const record = new Uint8Array(12 + content.length + 4);
  const view = new DataView(record.buffer);
  view.setUint32(0, content.length, true);
  // A record of 4 GiB would not fit into an array.
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(content, 12);
  view.setUint32(12 + content.length, maskedCrc32c(content), true);
  return record;
}
