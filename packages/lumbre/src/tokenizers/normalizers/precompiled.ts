import { Edits, sourcesOf, type Written } from '../text/edits.ts';
import { charactersOf } from '../text/graphemes.ts';
import type { NormalizedString } from '../text/normalizedString.ts';
import { TokenizerError } from '../tokenizerError.ts';
import type { Normalizer } from './normalizer.ts';
import { PrecompiledCharsMap } from './precompiledCharsMap.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Graphemes with more UTF-8 bytes than this are only looked up character by character. */
const MOST_GRAPHEME_BYTES = 6;

/**
 * The rewriting rules of a sentencepiece model, in its own binary format. A grapheme is looked up as a whole if it is short,
 * and otherwise character by character: that is what the reference does, which was tried on every language of XNLI.
 */
export class Precompiled implements Normalizer {
  readonly #encoded: string;
  readonly #map: PrecompiledCharsMap;

  /**
   * @param encoded `precompiled_charsmap`, in base64
   * @throws TokenizerError for what is no such map
   */
  constructor(encoded: string) {
    let binary: string;
    try {
      binary = atob(encoded);
    } catch {
      throw new TokenizerError('Precompiled: precompiled_charsmap should be base64, and is not.');
    }
    this.#encoded = encoded;
    this.#map = new PrecompiledCharsMap(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  }

  normalize(normalized: NormalizedString): void {
    const { text } = normalized;
    const pieces: Mutable<Written>[] = [];
    let modified = false;
    const replace = (old: string, by: string): void => {
      modified = true;
      const added = [...by];
      for (const character of added) pieces.push({ character, change: 0 });
      const difference = added.length - [...old].length;
      // The last ones are what came in addition; what is gone is gone in the last one there is, whatever that stands for.
      for (let i = 1; i <= difference; i++) {
        const piece = pieces.at(-i);
        if (piece) piece.change = 1;
      }
      const last = pieces.at(-1);
      if (difference < 0 && last) last.change += difference;
    };
    for (const grapheme of charactersOf(text)) {
      const whole = this.#map.transform(grapheme, MOST_GRAPHEME_BYTES);
      if (whole !== undefined) {
        replace(grapheme, whole);
        continue;
      }
      for (const character of grapheme) {
        const by = this.#map.transform(character);
        if (by === undefined) pieces.push({ character, change: 0 });
        else replace(character, by);
      }
    }
    if (!modified) return;
    const edits = new Edits();
    const written = pieces.map(({ character }) => character).join('');
    edits.replace(0, text.length, written, normalized.tracked ? sourcesOf(text, 0, pieces) : 0);
    normalized.edit(edits);
  }

  toJSON(): { type: 'Precompiled'; precompiled_charsmap: string } {
    return { type: 'Precompiled', precompiled_charsmap: this.#encoded };
  }
}
