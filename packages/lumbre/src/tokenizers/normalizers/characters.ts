import type { NormalizedString } from '../text/normalizedString.ts';
import { isMark, isWhitespace } from '../text/unicode.ts';
import type { Normalizer } from './normalizer.ts';

const lowerCaseAlready = /^[\0-@[-\x7f]*$/;

/** Small letters, each character by itself: no rule looks at its neighbours. */
export function lowercase(text: NormalizedString): void {
  if (lowerCaseAlready.test(text.text)) return;
  text.mapCharacters((codePoint, character) => {
    if (codePoint < 0x80) return codePoint >= 0x41 && codePoint <= 0x5a ? character.toLowerCase() : undefined;
    return character.toLowerCase();
  });
}

export class Lowercase implements Normalizer {
  normalize(text: NormalizedString): void {
    lowercase(text);
  }

  toJSON(): { type: 'Lowercase' } {
    return { type: 'Lowercase' };
  }
}

export interface StripOptions {
  readonly left?: boolean;
  readonly right?: boolean;
}

/** Leaves out white space at the ends. */
export class Strip implements Normalizer {
  readonly left: boolean;
  readonly right: boolean;

  constructor({ left = true, right = true }: StripOptions = {}) {
    this.left = left;
    this.right = right;
  }

  normalize(normalized: NormalizedString): void {
    const { text } = normalized;
    let start = 0;
    let end = text.length;
    // White space lies in the basic plane: one unit each.
    if (this.left) while (start < end && isWhitespace(text.charCodeAt(start))) start++;
    if (this.right) while (end > start && isWhitespace(text.charCodeAt(end - 1))) end--;
    normalized.keep(start, end);
  }

  toJSON(): { type: 'Strip'; strip_left: boolean; strip_right: boolean } {
    return { type: 'Strip', strip_left: this.left, strip_right: this.right };
  }
}

/** Leaves out marks. Letters that have theirs within keep them: put NFD before it. */
export class StripAccents implements Normalizer {
  normalize(text: NormalizedString): void {
    text.mapCharacters((codePoint) => (isMark(codePoint) ? '' : undefined));
  }

  toJSON(): { type: 'StripAccents' } {
    return { type: 'StripAccents' };
  }
}

const dropped = (code: number): boolean =>
  (code >= 1 && code <= 8) ||
  code === 0x0b ||
  (code >= 0x0e && code <= 0x1f) ||
  code === 0x7f ||
  code === 0x8f ||
  code === 0x9f;

const spaces = new Set([
  0x09, 0x0a, 0x0c, 0x0d, 0x1680, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x2581, 0xfeff,
  0xfffd,
]);
const isSpace = (code: number): boolean => (code < 0x20 || code > 0x167f) && spaces.has(code);

/** What the machine translation of sentencepiece does: control characters go, odd white space becomes spaces. */
export class Nmt implements Normalizer {
  normalize(text: NormalizedString): void {
    text.mapCharacters((codePoint) => (dropped(codePoint) ? '' : isSpace(codePoint) ? ' ' : undefined));
  }

  toJSON(): { type: 'Nmt' } {
    return { type: 'Nmt' };
  }
}

/** Puts a text before every text that is not empty. */
export class Prepend implements Normalizer {
  readonly prepend: string;

  constructor(prepend: string) {
    this.prepend = prepend;
  }

  normalize(text: NormalizedString): void {
    text.prepend(this.prepend);
  }

  toJSON(): { type: 'Prepend'; prepend: string } {
    return { type: 'Prepend', prepend: this.prepend };
  }
}
