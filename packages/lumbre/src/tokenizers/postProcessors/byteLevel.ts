import type { Encoding } from '../encoding.ts';
import type { ByteLevelOptions } from '../preTokenizers/byteLevel.ts';
import { BYTE_CHARACTERS } from '../text/alphabet.ts';
import type { Offsets } from '../text/normalizedString.ts';
import { isWhitespace } from '../text/unicode.ts';
import type { PostProcessor } from './postProcessor.ts';

const space = (BYTE_CHARACTERS[0x20] as string).charCodeAt(0);
const isSpace = (unit: number): boolean => unit === space || isWhitespace(unit);

/** Moves the offsets of tokens past the spaces that they begin and end with. */
export function trimOffsets(encoding: Encoding, addPrefixSpace: boolean): void {
  encoding.offsets = encoding.offsets.map(([start, end], i): Offsets => {
    const token = encoding.tokens[i] as string;
    let leading = 0;
    while (leading < token.length && isSpace(token.charCodeAt(leading))) leading++;
    let trailing = 0;
    while (trailing < token.length && isSpace(token.charCodeAt(token.length - 1 - trailing))) trailing++;
    // The single space at the beginning of a text was put there by the pre-tokenizer, and is not in it.
    if ((i === 0 || start === 0) && addPrefixSpace && leading === 1) leading = 0;
    const newStart = Math.min(start + leading, end);
    return [newStart, trailing > 0 && end >= trailing ? Math.max(end - trailing, newStart) : end];
  });
}

/** Offsets without the spaces around words, for texts that were cut by the pre-tokenizer of the same name. */
export class ByteLevel implements PostProcessor {
  readonly addPrefixSpace: boolean;
  readonly trimOffsets: boolean;
  readonly useRegex: boolean;

  constructor({ addPrefixSpace = true, trimOffsets = true, useRegex = true }: ByteLevelOptions = {}) {
    this.addPrefixSpace = addPrefixSpace;
    this.trimOffsets = trimOffsets;
    this.useRegex = useRegex;
  }

  addedTokens(): number {
    return 0;
  }

  process(encodings: Encoding[]): Encoding[] {
    encodings.forEach((encoding, i) => {
      if (this.trimOffsets) {
        trimOffsets(encoding, this.addPrefixSpace);
        for (const one of encoding.overflowing) trimOffsets(one, this.addPrefixSpace);
      }
      encoding.setSequenceId(i);
    });
    return encodings;
  }

  toJSON(): { type: 'ByteLevel'; add_prefix_space: boolean; trim_offsets: boolean; use_regex: boolean } {
    return {
      type: 'ByteLevel',
      add_prefix_space: this.addPrefixSpace,
      trim_offsets: this.trimOffsets,
      use_regex: this.useRegex,
    };
  }
}
