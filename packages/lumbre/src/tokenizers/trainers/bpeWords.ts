import { alphabetOf } from './alphabet.ts';
import { GrowingInts } from './growingInts.ts';
import type { AlphabetOptions, WordCounts } from './options.ts';

export interface AffixOptions {
  /** Stands before every token that is not at the beginning of a word: `##` in BERT's vocabularies. */
  readonly continuingSubwordPrefix?: string;
  /** Stands after every token at the end of a word. */
  readonly endOfWordSuffix?: string;
}

/** A vocabulary in the making: tokens by id, and ids by token. */
export class GrowingVocabulary {
  readonly tokens: string[] = [];
  readonly #ids = new Map<string, number>();

  get size(): number {
    return this.tokens.length;
  }

  idOf(token: string): number | undefined {
    return this.#ids.get(token);
  }

  /** The id of a token, a new one if it has none. */
  add(token: string): number {
    const known = this.#ids.get(token);
    if (known !== undefined) return known;
    const id = this.tokens.push(token) - 1;
    this.#ids.set(token, id);
    return id;
  }

  /** Ids by token, in the order of the ids. */
  toMap(): Map<string, number> {
    return new Map(this.#ids);
  }
}

/** All words as tokens, one behind the other in `symbols`; merging makes them shorter where they are. */
export interface SymbolWords {
  readonly symbols: Int32Array;
  /** Where each word begins. */
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly counts: Float64Array;
}

/**
 * Cuts words into characters, and adds these to the vocabulary: the alphabet by code points, then what the affixes make of it,
 * by code points again. So the vocabulary does not depend on the order of the words.
 */
export function symbolWords(
  counts: WordCounts,
  vocabulary: GrowingVocabulary,
  options: AlphabetOptions & AffixOptions,
): SymbolWords {
  const alphabet = alphabetOf(counts, options);
  const plain = new Map(alphabet.map((character) => [character, vocabulary.add(character)]));
  const { continuingSubwordPrefix: prefix = '', endOfWordSuffix: suffix = '' } = options;
  const symbols = new GrowingInts(1 << 16);
  const starts = new Int32Array(counts.size);
  const lengths = new Int32Array(counts.size);
  let word = 0;
  for (const text of counts.keys()) {
    const start = symbols.length;
    for (const character of text) {
      const id = plain.get(character);
      if (id !== undefined) symbols.push(id);
    }
    starts[word] = start;
    lengths[word++] = symbols.length - start;
  }
  const words = { symbols: symbols.toArray(), starts, lengths, counts: Float64Array.from(counts.values()) };
  if (prefix !== '' || suffix !== '') addAffixes(counts, words, vocabulary, plain, { prefix, suffix });
  return words;
}

/** Puts the affixed characters in the place of the plain ones. */
function addAffixes(
  counts: WordCounts,
  { symbols, starts, lengths }: SymbolWords,
  vocabulary: GrowingVocabulary,
  plain: ReadonlyMap<string, number>,
  { prefix, suffix }: { readonly prefix: string; readonly suffix: string },
): void {
  // A character may come in four forms; which of them do is seen first, so that their ids can follow the alphabet's order.
  const forms = new Map([...plain.values()].map((id) => [id, new Map<number, number>()]));
  const each = (act: (place: number, id: number, form: number) => void): void => {
    let word = 0;
    for (const text of counts.keys()) {
      let place = starts[word] as number;
      const end = place + (lengths[word++] as number);
      let position = 0;
      const last = [...text].length - 1;
      for (const character of text) {
        const id = plain.get(character);
        const form = (position > 0 && prefix !== '' ? 1 : 0) + (position === last && suffix !== '' ? 2 : 0);
        position++;
        if (id !== undefined && place < end) act(place++, id, form);
      }
    }
  };
  each((_, id, form) => forms.get(id)?.set(form, id));
  for (const form of [1, 2, 3]) {
    for (const [id, known] of forms) {
      if (!known.has(form)) continue;
      const character = vocabulary.tokens[id] as string;
      known.set(form, vocabulary.add((form & 1 ? prefix : '') + character + (form & 2 ? suffix : '')));
    }
  }
  each((place, id, form) => {
    if (form > 0) symbols[place] = forms.get(id)?.get(form) as number;
  });
}
