import { toBytes } from '../normalizers/byteLevel.ts';
import { GPT2_PATTERN } from '../patterns/harmless.ts';
import { onigurumaPattern } from '../patterns/oniguruma.ts';
import { BYTE_CHARACTERS } from '../text/alphabet.ts';
import type { PreTokenizedString } from '../text/preTokenizedString.ts';
import type { PreTokenizer } from './preTokenizer.ts';

export interface ByteLevelOptions {
  /** Puts a space before a text that begins with none, so that its first word is as any other. Default true. */
  readonly addPrefixSpace?: boolean;
  /** For the post-processor of the same name. Default true. */
  readonly trimOffsets?: boolean;
  /** Cuts words out as GPT-2 does. Default true. */
  readonly useRegex?: boolean;
}

/** Words as GPT-2 has them, each of their UTF-8 bytes as a printable character: nothing is unknown. */
export class ByteLevel implements PreTokenizer {
  readonly addPrefixSpace: boolean;
  readonly trimOffsets: boolean;
  readonly useRegex: boolean;

  constructor({ addPrefixSpace = true, trimOffsets = true, useRegex = true }: ByteLevelOptions = {}) {
    this.addPrefixSpace = addPrefixSpace;
    this.trimOffsets = trimOffsets;
    this.useRegex = useRegex;
  }

  /** The characters that bytes are written as. */
  static alphabet(): string[] {
    return [...BYTE_CHARACTERS];
  }

  preTokenize(text: PreTokenizedString): void {
    const pattern = onigurumaPattern(GPT2_PATTERN);
    text.split((piece) => {
      if (this.addPrefixSpace && !piece.text.startsWith(' ')) piece.prepend(' ');
      return this.useRegex ? piece.split(pattern, 'Isolated') : [piece];
    });
    text.normalize(toBytes);
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
