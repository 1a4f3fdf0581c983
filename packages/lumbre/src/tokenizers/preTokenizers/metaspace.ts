import { textPattern } from '../patterns/pattern.ts';
import type { PreTokenizedString } from '../text/preTokenizedString.ts';
import type { PreTokenizer } from './preTokenizer.ts';

/** Where the character for a space is put before a text that begins with none. */
export type PrependScheme = 'always' | 'first' | 'never';

export const PREPEND_SCHEMES: readonly PrependScheme[] = ['first', 'never', 'always'];

export interface MetaspaceOptions {
  /** One character. Default `▁`, U+2581. */
  readonly replacement?: string;
  /** `first`: only before what the whole text begins with. Default `always`. */
  readonly prependScheme?: PrependScheme;
  /** Cuts before every space. Default true. */
  readonly split?: boolean;
}

const space = textPattern(' ');

/** A visible character for each space, and a word begins at each, as sentencepiece does it. */
export class Metaspace implements PreTokenizer {
  readonly replacement: string;
  readonly prependScheme: PrependScheme;
  readonly split: boolean;

  constructor({ replacement = '▁', prependScheme = 'always', split = true }: MetaspaceOptions = {}) {
    this.replacement = replacement;
    this.prependScheme = prependScheme;
    this.split = split;
  }

  preTokenize(text: PreTokenizedString): void {
    const pattern = textPattern(this.replacement);
    text.split((piece) => {
      piece.replace(space, this.replacement);
      const wanted =
        this.prependScheme === 'always' || (this.prependScheme === 'first' && piece.originalStart === 0);
      if (wanted && !piece.text.startsWith(this.replacement)) piece.prepend(this.replacement);
      return this.split ? piece.split(pattern, 'MergedWithNext') : [piece];
    });
  }

  toJSON(): { type: 'Metaspace'; replacement: string; prepend_scheme: PrependScheme; split: boolean } {
    return {
      type: 'Metaspace',
      replacement: this.replacement,
      prepend_scheme: this.prependScheme,
      split: this.split,
    };
  }
}
