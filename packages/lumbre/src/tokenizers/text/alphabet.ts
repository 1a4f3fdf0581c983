/**
 * GPT-2's alphabet: a printable character for each byte, so that tokens of bytes can be written down. Bytes that are printable
 * in Latin-1 stand for themselves, the others for the characters from U+0100 on.
 */
function makeAlphabet(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}

/** The character of each byte. */
export const BYTE_CHARACTERS: readonly string[] = makeAlphabet();

/** The byte of each character by its code, -1 for characters that stand for none. Codes end at U+0143. */
export const CHARACTER_BYTES: Int16Array = (() => {
  const bytes = new Int16Array(0x200).fill(-1);
  BYTE_CHARACTERS.forEach((character, byte) => {
    bytes[character.charCodeAt(0)] = byte;
  });
  return bytes;
})();

/** The UTF-8 bytes of one character. */
export function bytesOf(codePoint: number): number[] {
  if (codePoint < 0x80) return [codePoint];
  const last = 0x80 | (codePoint & 0x3f);
  if (codePoint < 0x800) return [0xc0 | (codePoint >> 6), last];
  const third = 0x80 | ((codePoint >> 6) & 0x3f);
  if (codePoint < 0x10000) return [0xe0 | (codePoint >> 12), third, last];
  return [0xf0 | (codePoint >> 18), 0x80 | ((codePoint >> 12) & 0x3f), third, last];
}

const plain = /^[!-~]*$/;

/** A text with each of its bytes as a character of the alphabet. */
export function toByteCharacters(text: string): string {
  // What is printable ASCII stands for itself.
  if (plain.test(text)) return text;
  let result = '';
  for (let i = 0; i < text.length; ) {
    const codePoint = text.codePointAt(i) as number;
    for (const byte of bytesOf(codePoint)) result += BYTE_CHARACTERS[byte];
    i += codePoint > 0xffff ? 2 : 1;
  }
  return result;
}
