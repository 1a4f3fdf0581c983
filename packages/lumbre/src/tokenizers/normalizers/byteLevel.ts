import { toByteCharacters } from '../text/alphabet.ts';
import type { NormalizedString } from '../text/normalizedString.ts';
import type { Normalizer } from './normalizer.ts';

/** Writes each UTF-8 byte of the text as a character of GPT-2's alphabet. */
export function toBytes(text: NormalizedString): void {
  text.mapCharacters((codePoint, character) =>
    codePoint > 0x20 && codePoint < 0x7f ? undefined : toByteCharacters(character),
  );
}

/** Each UTF-8 byte as a printable character, as GPT-2 has them, over the whole text. */
export class ByteLevel implements Normalizer {
  normalize(text: NormalizedString): void {
    toBytes(text);
  }

  toJSON(): { type: 'ByteLevel' } {
    return { type: 'ByteLevel' };
  }
}
