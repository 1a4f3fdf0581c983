const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of lines, as `zlib.crc32` of Python has it. */
export function crc32(lines: readonly string[]): number {
  let sum = 0xffffffff;
  for (const byte of new TextEncoder().encode(lines.join('\n'))) {
    sum = (table[(sum ^ byte) & 255] as number) ^ (sum >>> 8);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
