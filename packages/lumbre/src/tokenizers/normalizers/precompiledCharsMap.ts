import { bytesOf } from '../text/alphabet.ts';
import { TokenizerError } from '../tokenizerError.ts';

const utf8Length = (codePoint: number): number =>
  codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;

/**
 * The character map of sentencepiece: the length of a trie in bytes, the trie as a double array of 32-bit units (darts-clone),
 * and the texts that its values point into, each ended by a zero byte. Indices are checked at each step, since the file may
 * hold anything.
 */
export class PrecompiledCharsMap {
  readonly #units: Uint32Array;
  readonly #texts: Uint8Array;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  /** Most characters come often. */
  readonly #cache = new Map<string, string | null>();

  /** @throws TokenizerError when the sizes that the file tells do not fit it. */
  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = bytes.length >= 4 ? view.getUint32(0, true) : -1;
    if (size < 4 || size % 4 !== 0 || size + 4 > bytes.length) {
      throw new TokenizerError(
        `Precompiled: the character map has ${bytes.length} bytes, and says that ${size} of them are its trie.`,
      );
    }
    this.#units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
    this.#texts = bytes.subarray(4 + size);
    try {
      this.#decoder.decode(this.#texts);
    } catch {
      throw new TokenizerError('Precompiled: the texts of the character map should be UTF-8, and are not.');
    }
  }

  /**
   * What the shortest prefix of `text` that is in the map becomes; undefined when there is none.
   * @param mostBytes texts with this many UTF-8 bytes or more are not looked up
   */
  transform(text: string, mostBytes = Number.POSITIVE_INFINITY): string | undefined {
    // Long graphemes are rare, and never looked up as a whole.
    if (text.length >= mostBytes) return undefined;
    const known = this.#cache.get(text);
    if (known !== undefined) return known ?? undefined;
    let length = 0;
    for (const character of text) length += utf8Length(character.codePointAt(0) as number);
    const found = length < mostBytes ? this.#find(text) : undefined;
    if (mostBytes === Number.POSITIVE_INFINITY || length < mostBytes) {
      if (this.#cache.size > 20_000) this.#cache.clear();
      this.#cache.set(text, found ?? null);
    }
    return found;
  }

  #find(text: string): string | undefined {
    let position = 0;
    let unit = this.#unit(0);
    if (unit === undefined) return undefined;
    position ^= offsetOf(unit);
    for (const character of text) {
      for (const byte of bytesOf(character.codePointAt(0) as number)) {
        if (byte === 0) return undefined;
        position ^= byte;
        unit = this.#unit(position);
        if (unit === undefined || labelOf(unit) !== byte) return undefined;
        position ^= offsetOf(unit);
        if (hasLeaf(unit)) {
          const leaf = this.#unit(position);
          return leaf === undefined ? undefined : this.#text(leaf & 0x7fffffff);
        }
      }
    }
    return undefined;
  }

  #unit(position: number): number | undefined {
    return this.#units[position >>> 0];
  }

  #text(start: number): string | undefined {
    if (start > this.#texts.length) return undefined;
    const end = this.#texts.indexOf(0, start);
    try {
      return this.#decoder.decode(this.#texts.subarray(start, end < 0 ? undefined : end));
    } catch {
      return undefined;
    }
  }
}

const hasLeaf = (unit: number): boolean => ((unit >>> 8) & 1) === 1;
/** The byte that leads to a unit, with a bit above it that no byte has where the unit is a leaf. */
const labelOf = (unit: number): number => (unit & 0x800000ff) >>> 0;
const offsetOf = (unit: number): number => ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
