import { isId, type JsonReader } from '../jsonReader.ts';
import { shown, TokenizerError } from '../tokenizerError.ts';

/** Tokens and their ids, both ways. */
export class Vocabulary {
  readonly ids: ReadonlyMap<string, number>;
  readonly #tokens: ReadonlyMap<number, string>;

  constructor(entries: Iterable<readonly [token: string, id: number]>) {
    this.ids = new Map(entries);
    const tokens = new Map<number, string>();
    for (const [token, id] of this.ids) tokens.set(id, token);
    this.#tokens = tokens;
  }

  get size(): number {
    return this.ids.size;
  }

  token(id: number): string | undefined {
    return this.#tokens.get(id);
  }

  /** In the order of ids, as a dictionary. No name is special: `__proto__` is a field of its own. */
  toJSON(): Record<string, number> {
    const entries = [...this.#tokens].sort(([a], [b]) => a - b);
    return Object.fromEntries(entries.map(([id, token]) => [token, id]));
  }
}

/** Tokens with ids, or a list of tokens in the order of their ids. */
export type VocabularySource =
  | Iterable<readonly [token: string, id: number]>
  | Readonly<Record<string, number>>;

const isIterable = (source: VocabularySource): source is Iterable<readonly [string, number]> =>
  Symbol.iterator in source;

export const makeVocabulary = (source: VocabularySource): Vocabulary =>
  new Vocabulary(isIterable(source) ? source : Object.entries(source));

/** @throws TokenizerError for what is no id */
export function checkedVocabulary(
  entries: readonly (readonly [string, unknown])[],
  where: string,
): Vocabulary {
  for (const [token, id] of entries) {
    if (!isId(id)) {
      throw new TokenizerError(
        `${where}: the id of ${shown(token)} should be a whole number from 0 to 2147483647, and is ${shown(id)}.`,
      );
    }
  }
  return new Vocabulary(entries as readonly (readonly [string, number])[]);
}

export const readVocabulary = (json: JsonReader): Vocabulary =>
  checkedVocabulary(json.entries('vocab'), `${json.path}.vocab`);
