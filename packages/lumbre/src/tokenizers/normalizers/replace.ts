import type { Pattern } from '../patterns/pattern.ts';
import { type Regex, type StoredPattern, storedPattern, toStored } from '../patterns/storedPattern.ts';
import type { NormalizedString } from '../text/normalizedString.ts';
import type { Normalizer } from './normalizer.ts';

/** Puts a text in the place of all that a pattern finds. `content` is taken as it is: `$1` means nothing. */
export class Replace implements Normalizer {
  readonly pattern: StoredPattern;
  readonly content: string;
  readonly #matcher: Pattern;

  /** @throws TokenizerError for a pattern that JavaScript cannot run, or that might not end. */
  constructor(pattern: string | Regex, content: string) {
    this.pattern = toStored(pattern);
    this.content = content;
    this.#matcher = storedPattern(this.pattern);
  }

  normalize(text: NormalizedString): void {
    text.replace(this.#matcher, this.content);
  }

  toJSON(): { type: 'Replace'; pattern: StoredPattern; content: string } {
    return { type: 'Replace', pattern: this.pattern, content: this.content };
  }
}
