import { BYTE_CHARACTERS, bytesOf, toByteCharacters } from '../text/alphabet.ts';
import type { NormalizedString } from '../text/normalizedString.ts';
import type { Normalizer } from './normalizer.ts';

const plain = /^[!-~]*$/;

/** Writes each UTF-8 byte of the text as a character of GPT-2's alphabet. */
export function toBytes(text: NormalizedString): void {
  if (plain.test(text.text)) return;
  if (!text.tracked) {
    text.transform([toByteCharacters(text.text)], [0]);
    return;
  }
  const characters: string[] = [];
  const changes: number[] = [];
  for (const character of text.text) {
    let change = 0;
    for (const byte of bytesOf(character.codePointAt(0) as number)) {
      characters.push(BYTE_CHARACTERS[byte] as string);
      changes.push(change);
      change = 1;
    }
  }
  text.transform(characters, changes);
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
