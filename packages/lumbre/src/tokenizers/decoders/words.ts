import type { PrependScheme } from '../preTokenizers/metaspace.ts';
import type { Decoder } from './decoder.ts';

const spaced = ['.', '?', '!', ','];
const contractions = ["n't", "'m", "'s", "'ve", "'re"];

/** A text without the spaces that stand before English signs and contractions, as transformers cleans it. */
export function cleanUpTokenization(text: string): string {
  let clean = text;
  for (const sign of spaced) clean = clean.replaceAll(` ${sign}`, sign);
  clean = clean.replaceAll(" ' ", "'");
  for (const word of contractions) clean = clean.replaceAll(` ${word}`, word);
  return clean;
}

/** The same for a token by itself, as the decoders of tokenizers do: they have one rule more. */
const cleanUp = (text: string): string => cleanUpTokenization(text.replaceAll(' do not', " don't"));

export interface WordPieceOptions {
  /** What pieces begin with that go on with a word. Default `##`. */
  readonly prefix?: string;
  /** Takes spaces before signs away. Default true. */
  readonly cleanup?: boolean;
}

/** Pieces that go on are joined, all others have a space before them. */
export class WordPiece implements Decoder {
  readonly prefix: string;
  readonly cleanup: boolean;

  constructor({ prefix = '##', cleanup = true }: WordPieceOptions = {}) {
    this.prefix = prefix;
    this.cleanup = cleanup;
  }

  decodeChain(tokens: readonly string[]): string[] {
    return tokens.map((token, i) => {
      let text = token;
      if (i > 0) text = token.startsWith(this.prefix) ? token.slice(this.prefix.length) : ` ${token}`;
      return this.cleanup ? cleanUp(text) : text;
    });
  }

  toJSON(): { type: 'WordPiece'; prefix: string; cleanup: boolean } {
    return { type: 'WordPiece', prefix: this.prefix, cleanup: this.cleanup };
  }
}

/** The replacement of sentencepiece as spaces, but for the one that the pre-tokenizer put before the text. */
export class Metaspace implements Decoder {
  readonly replacement: string;
  readonly prependScheme: PrependScheme;
  readonly split: boolean;

  constructor({
    replacement = '▁',
    prependScheme = 'always',
    split = true,
  }: {
    readonly replacement?: string;
    readonly prependScheme?: PrependScheme;
    readonly split?: boolean;
  } = {}) {
    this.replacement = replacement;
    this.prependScheme = prependScheme;
    this.split = split;
  }

  decodeChain(tokens: readonly string[]): string[] {
    return tokens.map((token, i) =>
      token.replaceAll(this.replacement, i === 0 && this.prependScheme !== 'never' ? '' : ' '),
    );
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

/** Ends of words become spaces, but for the last one. */
export class BPEDecoder implements Decoder {
  readonly suffix: string;

  constructor({ suffix = '</w>' }: { readonly suffix?: string } = {}) {
    this.suffix = suffix;
  }

  decodeChain(tokens: readonly string[]): string[] {
    if (this.suffix === '') return [...tokens];
    return tokens.map((token, i) => token.replaceAll(this.suffix, i === tokens.length - 1 ? '' : ' '));
  }

  toJSON(): { type: 'BPEDecoder'; suffix: string } {
    return { type: 'BPEDecoder', suffix: this.suffix };
  }
}

export interface CTCOptions {
  /** Default `<pad>`. */
  readonly padToken?: string;
  /** What stands between words. Default `|`. */
  readonly wordDelimiterToken?: string;
  /** Makes spaces of delimiters, and takes those before signs away. Default true. */
  readonly cleanup?: boolean;
}

/** What recognizers of speech write (CTC): repeated tokens are one, pads are nothing. */
export class CTC implements Decoder {
  readonly padToken: string;
  readonly wordDelimiterToken: string;
  readonly cleanup: boolean;

  constructor({ padToken = '<pad>', wordDelimiterToken = '|', cleanup = true }: CTCOptions = {}) {
    this.padToken = padToken;
    this.wordDelimiterToken = wordDelimiterToken;
    this.cleanup = cleanup;
  }

  decodeChain(tokens: readonly string[]): string[] {
    const pieces: string[] = [];
    tokens.forEach((token, i) => {
      if (i > 0 && token === tokens[i - 1]) return;
      let text = this.padToken === '' ? token : token.replaceAll(this.padToken, '');
      if (this.cleanup) {
        text = cleanUp(text);
        if (this.wordDelimiterToken !== '') text = text.replaceAll(this.wordDelimiterToken, ' ');
      }
      if (text !== '') pieces.push(text);
    });
    return pieces;
  }

  toJSON(): { type: 'CTC'; pad_token: string; word_delimiter_token: string; cleanup: boolean } {
    return {
      type: 'CTC',
      pad_token: this.padToken,
      word_delimiter_token: this.wordDelimiterToken,
      cleanup: this.cleanup,
    };
  }
}
