import type { PreTokenizedString } from '../text/preTokenizedString.ts';
import type { PreTokenizer } from './preTokenizer.ts';

/** Pre-tokenizers one after the other: each cuts the words of the one before. */
export class Sequence implements PreTokenizer {
  readonly preTokenizers: readonly PreTokenizer[];

  constructor(preTokenizers: readonly PreTokenizer[]) {
    this.preTokenizers = preTokenizers;
  }

  preTokenize(text: PreTokenizedString): void {
    for (const preTokenizer of this.preTokenizers) preTokenizer.preTokenize(text);
  }

  toJSON(): { type: 'Sequence'; pretokenizers: unknown[] } {
    return { type: 'Sequence', pretokenizers: this.preTokenizers.map((one) => one.toJSON()) };
  }
}
