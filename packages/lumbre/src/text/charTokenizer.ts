/** A tokenizer as it is kept in `tokenizer.json`. */
export interface CharTokenizerJson {
  readonly type: 'char';
  /** Each character once; its position is its id. */
  readonly alphabet: string;
}

/** How a character is named in messages: as it looks, and by its code point, which tells look-alikes apart. */
function describeCharacter(character: string): string {
  const code = (character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0');
  return `${JSON.stringify(character)} (U+${code})`;
}

/** A text has a character that the tokenizer was not made from. */
export class UnknownCharacterError extends RangeError {
  override readonly name = 'UnknownCharacterError';
  readonly code = 'text.unknownCharacter';
  readonly character: string;
  /** How many characters come before it. */
  readonly position: number;

  constructor(character: string, position: number, alphabet: readonly string[], tokenizer = 'CharTokenizer') {
    super(
      `${tokenizer}: character ${describeCharacter(character)} at position ${position} is not among the ` +
        `${alphabet.length} that this tokenizer knows: ${JSON.stringify(alphabet.join(''))}. ` +
        'Leave it out, or make the tokenizer from a text that has it.',
    );
    this.character = character;
    this.position = position;
  }
}

/**
 * One token for each Unicode character (code point) of a text: the tokenizer of Karpathy's char-rnn and of nanoGPT's
 * Shakespeare. Text is normalised to NFC first, so that `é` is one token however it was typed.
 */
export class CharTokenizer {
  readonly #characters: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  /**
   * @param alphabet each character once; its position becomes its id
   * @throws RangeError for an empty alphabet or a character that occurs twice.
   */
  constructor(alphabet: string) {
    const characters = [...alphabet];
    const ids = new Map(characters.map((character, id) => [character, id]));
    if (characters.length === 0) {
      throw new RangeError(
        'CharTokenizer: the alphabet is empty; make the tokenizer from a text with characters.',
      );
    }
    if (ids.size !== characters.length) {
      const twice = characters.find((character, id) => ids.get(character) !== id) as string;
      throw new RangeError(
        `CharTokenizer: the alphabet has ${describeCharacter(twice)} twice; list each once.`,
      );
    }
    this.#characters = characters;
    this.#ids = ids;
  }

  /** The tokenizer that knows the characters of `text`, in the order of their code points. */
  static fromText(text: string): CharTokenizer {
    const characters = [...new Set(text.normalize('NFC'))];
    const byCodePoint = (a: string, b: string) => (a.codePointAt(0) as number) - (b.codePointAt(0) as number);
    return new CharTokenizer(characters.sort(byCodePoint).join(''));
  }

  /** @throws TypeError when `json` is not what `toJSON` gives. */
  static fromJSON(json: unknown): CharTokenizer {
    const { type, alphabet } = (json ?? {}) as Partial<CharTokenizerJson>;
    if (type !== 'char' || typeof alphabet !== 'string') {
      throw new TypeError(
        'CharTokenizer: expected {"type": "char", "alphabet": "…"}, as a training run writes into tokenizer.json.',
      );
    }
    return new CharTokenizer(alphabet);
  }

  /** The number of tokens: ids are in [0, vocabSize). */
  get vocabSize(): number {
    return this.#characters.length;
  }

  get alphabet(): string {
    return this.#characters.join('');
  }

  /** Whether every character of `text` has a token. */
  covers(text: string): boolean {
    for (const character of text.normalize('NFC')) if (!this.#ids.has(character)) return false;
    return true;
  }

  /** The ids of a text's characters. @throws UnknownCharacterError, which names the first one that has no id. */
  encode(text: string): Int32Array {
    const normalized = text.normalize('NFC');
    const ids = new Int32Array(normalized.length);
    let length = 0;
    for (const character of normalized) {
      const id = this.#ids.get(character);
      if (id === undefined) throw new UnknownCharacterError(character, length, this.#characters);
      ids[length++] = id;
    }
    return ids.slice(0, length);
  }

  /** The text of some ids. @throws RangeError for an id outside [0, vocabSize). */
  decode(ids: Iterable<number>): string {
    let text = '';
    for (const id of ids) {
      const character = this.#characters[id];
      if (character === undefined) {
        throw new RangeError(
          `CharTokenizer: there is no token ${id}; ids go from 0 to ${this.vocabSize - 1}.`,
        );
      }
      text += character;
    }
    return text;
  }

  toJSON(): CharTokenizerJson {
    return { type: 'char', alphabet: this.alphabet };
  }
}
