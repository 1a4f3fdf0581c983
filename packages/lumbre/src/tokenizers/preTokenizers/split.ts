import { inverted, type Match, type Pattern } from '../patterns/pattern.ts';
import type { SplitBehavior } from '../patterns/splitBehavior.ts';
import { type Regex, type StoredPattern, storedPattern, toStored } from '../patterns/storedPattern.ts';
import type { PreTokenizedString } from '../text/preTokenizedString.ts';
import type { PreTokenizer } from './preTokenizer.ts';

/** Cuts where a pattern is found, or, inverted, between where it is. */
export class Split implements PreTokenizer {
  readonly pattern: StoredPattern;
  readonly behavior: SplitBehavior;
  readonly invert: boolean;
  readonly #matcher: Pattern;

  /** @throws TokenizerError for a pattern that JavaScript cannot run, or that might not end. */
  constructor(
    pattern: string | Regex,
    behavior: SplitBehavior,
    { invert = false }: { readonly invert?: boolean } = {},
  ) {
    this.pattern = toStored(pattern);
    this.behavior = behavior;
    this.invert = invert;
    const matcher = storedPattern(this.pattern);
    this.#matcher = invert ? inverted(matcher) : matcher;
  }

  preTokenize(text: PreTokenizedString): void {
    text.split((piece) => piece.split(this.#matcher, this.behavior));
  }

  /** What the pattern finds in a text, and what lies between. */
  matches(text: string): Match[] {
    return this.#matcher.findMatches(text);
  }

  toJSON(): { type: 'Split'; pattern: StoredPattern; behavior: SplitBehavior; invert: boolean } {
    return { type: 'Split', pattern: this.pattern, behavior: this.behavior, invert: this.invert };
  }
}
