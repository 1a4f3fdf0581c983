import type { Pattern } from '../patterns/pattern.ts';
import { type Regex, type StoredPattern, storedPattern, toStored } from '../patterns/storedPattern.ts';
import type { Decoder } from './decoder.ts';

/** All tokens as one. */
export class Fuse implements Decoder {
  decodeChain(tokens: readonly string[]): string[] {
    return [tokens.join('')];
  }

  toJSON(): { type: 'Fuse' } {
    return { type: 'Fuse' };
  }
}

/** Puts a text in the place of all that a pattern finds in a token. */
export class Replace implements Decoder {
  readonly pattern: StoredPattern;
  readonly content: string;
  readonly #matcher: Pattern;

  /** @throws TokenizerError for a pattern that JavaScript cannot run, or that might not end. */
  constructor(pattern: string | Regex, content: string) {
    this.pattern = toStored(pattern);
    this.content = content;
    this.#matcher = storedPattern(this.pattern);
  }

  decodeChain(tokens: readonly string[]): string[] {
    return tokens.map((token) =>
      this.#matcher
        .findMatches(token)
        .map(({ start, end, found }) => (found ? this.content : token.slice(start, end)))
        .join(''),
    );
  }

  toJSON(): { type: 'Replace'; pattern: StoredPattern; content: string } {
    return { type: 'Replace', pattern: this.pattern, content: this.content };
  }
}

/** Takes a character away at the ends of each token, so many times at most. */
export class Strip implements Decoder {
  readonly content: string;
  readonly start: number;
  readonly stop: number;

  constructor({
    content = ' ',
    start = 0,
    stop = 0,
  }: { readonly content?: string; readonly start?: number; readonly stop?: number } = {}) {
    this.content = content;
    this.start = start;
    this.stop = stop;
  }

  decodeChain(tokens: readonly string[]): string[] {
    const { content } = this;
    return tokens.map((token) => {
      let start = 0;
      let end = token.length;
      for (let i = 0; i < this.start && token.startsWith(content, start); i++) start += content.length;
      for (let i = 0; i < this.stop && end - content.length >= start && token.endsWith(content, end); i++) {
        end -= content.length;
      }
      return token.slice(start, end);
    });
  }

  toJSON(): { type: 'Strip'; content: string; start: number; stop: number } {
    return { type: 'Strip', content: this.content, start: this.start, stop: this.stop };
  }
}

/** Decoders one after the other. */
export class Sequence implements Decoder {
  readonly decoders: readonly Decoder[];

  constructor(decoders: readonly Decoder[]) {
    this.decoders = decoders;
  }

  decodeChain(tokens: readonly string[]): string[] {
    let pieces = [...tokens];
    for (const decoder of this.decoders) pieces = decoder.decodeChain(pieces);
    return pieces;
  }

  toJSON(): { type: 'Sequence'; decoders: unknown[] } {
    return { type: 'Sequence', decoders: this.decoders.map((decoder) => decoder.toJSON()) };
  }
}
