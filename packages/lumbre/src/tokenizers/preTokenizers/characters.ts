import { characterPattern } from '../patterns/pattern.ts';
import type { SplitBehavior } from '../patterns/splitBehavior.ts';
import type { Offsets } from '../text/normalizedString.ts';
import type { PreTokenizedString } from '../text/preTokenizedString.ts';
import { isNumeric, isPunctuation } from '../text/unicode.ts';
import type { PreTokenizer } from './preTokenizer.ts';

const numeric = characterPattern(isNumeric);
const punctuation = characterPattern(isPunctuation);

/** Numbers apart from what is around them; or, if that is asked, each digit by itself. */
export class Digits implements PreTokenizer {
  readonly individualDigits: boolean;

  constructor({ individualDigits = false }: { readonly individualDigits?: boolean } = {}) {
    this.individualDigits = individualDigits;
  }

  preTokenize(text: PreTokenizedString): void {
    const behavior = this.individualDigits ? 'Isolated' : 'Contiguous';
    text.split((piece) => piece.split(numeric, behavior));
  }

  toJSON(): { type: 'Digits'; individual_digits: boolean } {
    return { type: 'Digits', individual_digits: this.individualDigits };
  }
}

/** Signs of punctuation apart from what is around them. */
export class Punctuation implements PreTokenizer {
  readonly behavior: SplitBehavior;

  constructor(behavior: SplitBehavior = 'Isolated') {
    this.behavior = behavior;
  }

  preTokenize(text: PreTokenizedString): void {
    text.split((piece) => piece.split(punctuation, this.behavior));
  }

  toJSON(): { type: 'Punctuation'; behavior: SplitBehavior } {
    return { type: 'Punctuation', behavior: this.behavior };
  }
}

/** Pieces of so many characters. */
export class FixedLength implements PreTokenizer {
  readonly length: number;

  /** @throws RangeError for a length below 1 */
  constructor({ length = 5 }: { readonly length?: number } = {}) {
    if (!(length >= 1))
      throw new RangeError(`FixedLength: pieces need at least one character, not ${length}.`);
    this.length = length;
  }

  preTokenize(text: PreTokenizedString): void {
    text.split((piece) => {
      const ranges: Offsets[] = [];
      let start = 0;
      let end = 0;
      let count = 0;
      for (const character of piece.text) {
        end += character.length;
        if (++count % this.length === 0) {
          ranges.push([start, end]);
          start = end;
        }
      }
      ranges.push([start, end]);
      return piece.sliceAll(ranges);
    });
  }

  toJSON(): { type: 'FixedLength'; length: number } {
    return { type: 'FixedLength', length: this.length };
  }
}
