import { charactersOf } from '../text/graphemes.ts';
import type { NormalizedString } from '../text/normalizedString.ts';
import { TokenizerError } from '../tokenizerError.ts';
import type { Normalizer } from './normalizer.ts';
import { PrecompiledCharsMap } from './precompiledCharsMap.ts';

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

  normalize(text: NormalizedString): void {
    const characters: string[] = [];
    const changes: number[] = [];
    let modified = false;
    const replace = (old: string, by: string): void => {
      modified = true;
      const oldCount = [...old].length;
      const added = [...by];
      for (const character of added) {
        characters.push(character);
        changes.push(0);
      }
      const difference = added.length - oldCount;
      for (let i = 0; i < difference; i++) {
        if (changes.length - 1 - i >= 0) changes[changes.length - 1 - i] = 1;
      }
      if (difference < 0 && changes.length > 0) changes[changes.length - 1]! += difference;
    };
    for (const grapheme of charactersOf(text.text)) {
      const whole = this.#map.transform(grapheme, MOST_GRAPHEME_BYTES);
      if (whole !== undefined) {
        replace(grapheme, whole);
        continue;
      }
      for (const character of grapheme) {
        const by = this.#map.transform(character);
        if (by === undefined) {
          characters.push(character);
          changes.push(0);
        } else replace(character, by);
      }
    }
    if (modified) text.transform(characters, changes);
  }

  toJSON(): { type: 'Precompiled'; precompiled_charsmap: string } {
    return { type: 'Precompiled', precompiled_charsmap: this.#encoded };
  }
}
