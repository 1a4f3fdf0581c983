import { toNormalForm } from '../text/normalForms.ts';
import type { NormalizedString } from '../text/normalizedString.ts';
import { isChinese, isControl, isNonspacingMark, isWhitespace } from '../text/unicode.ts';
import { lowercase } from './characters.ts';
import type { Normalizer } from './normalizer.ts';

export interface BertNormalizerOptions {
  /** Leaves out control characters and makes a space of every white space. Default true. */
  readonly cleanText?: boolean;
  /** Puts spaces around ideographs, so that each is a word. Default true. */
  readonly handleChineseChars?: boolean;
  /** Leaves out accents. Default null: as `lowercase` says. */
  readonly stripAccents?: boolean | null;
  /** Default true. */
  readonly lowercase?: boolean;
}

const clean = /^[ -~]*$/;

/** What BERT does to a text before it is cut into words. */
export class BertNormalizer implements Normalizer {
  readonly cleanText: boolean;
  readonly handleChineseChars: boolean;
  readonly stripAccents: boolean | null;
  readonly lowercase: boolean;

  constructor(options: BertNormalizerOptions = {}) {
    this.cleanText = options.cleanText ?? true;
    this.handleChineseChars = options.handleChineseChars ?? true;
    this.stripAccents = options.stripAccents ?? null;
    this.lowercase = options.lowercase ?? true;
  }

  normalize(text: NormalizedString): void {
    if (!clean.test(text.text)) {
      if (this.cleanText) this.#clean(text);
      if (this.handleChineseChars) {
        text.mapCharacters((codePoint, character) => (isChinese(codePoint) ? ` ${character} ` : undefined));
      }
      if (this.stripAccents ?? this.lowercase) {
        toNormalForm(text, 'NFD');
        text.mapCharacters((codePoint) => (isNonspacingMark(codePoint) ? '' : undefined));
      }
    }
    if (this.lowercase) lowercase(text);
  }

  #clean(text: NormalizedString): void {
    text.mapCharacters((code) => {
      if (code === 0 || code === 0xfffd || isControl(code)) return '';
      return isWhitespace(code) ? ' ' : undefined;
    });
  }

  toJSON(): {
    type: 'BertNormalizer';
    clean_text: boolean;
    handle_chinese_chars: boolean;
    strip_accents: boolean | null;
    lowercase: boolean;
  } {
    return {
      type: 'BertNormalizer',
      clean_text: this.cleanText,
      handle_chinese_chars: this.handleChineseChars,
      strip_accents: this.stripAccents,
      lowercase: this.lowercase,
    };
  }
}
