import { characterPattern, inverted, regExpPattern, textPattern } from '../patterns/pattern.ts';
import type { PreTokenizedString } from '../text/preTokenizedString.ts';
import { isPunctuation, isWhitespace } from '../text/unicode.ts';
import type { PreTokenizer } from './preTokenizer.ts';

const word = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}`;
const words = inverted(regExpPattern(new RegExp(`[${word}]+|[^${word}\\p{White_Space}]+`, 'gu')));
const whitespace = characterPattern(isWhitespace);
const punctuation = characterPattern(isPunctuation);

/** Words, and what is neither word nor white space. */
export class Whitespace implements PreTokenizer {
  preTokenize(text: PreTokenizedString): void {
    text.split((piece) => piece.split(words, 'Removed'));
  }

  toJSON(): { type: 'Whitespace' } {
    return { type: 'Whitespace' };
  }
}

/** What lies between white space. */
export class WhitespaceSplit implements PreTokenizer {
  preTokenize(text: PreTokenizedString): void {
    text.split((piece) => piece.split(whitespace, 'Removed'));
  }

  toJSON(): { type: 'WhitespaceSplit' } {
    return { type: 'WhitespaceSplit' };
  }
}

/** What lies between white space, every sign of punctuation by itself. */
export class BertPreTokenizer implements PreTokenizer {
  preTokenize(text: PreTokenizedString): void {
    text.split((piece) => piece.split(whitespace, 'Removed'));
    text.split((piece) => piece.split(punctuation, 'Isolated'));
  }

  toJSON(): { type: 'BertPreTokenizer' } {
    return { type: 'BertPreTokenizer' };
  }
}

/** What lies between two of the same character. */
export class CharDelimiterSplit implements PreTokenizer {
  readonly delimiter: string;

  constructor(delimiter: string) {
    this.delimiter = delimiter;
  }

  preTokenize(text: PreTokenizedString): void {
    const pattern = textPattern(this.delimiter);
    text.split((piece) => piece.split(pattern, 'Removed'));
  }

  toJSON(): { type: 'CharDelimiterSplit'; delimiter: string } {
    return { type: 'CharDelimiterSplit', delimiter: this.delimiter };
  }
}
