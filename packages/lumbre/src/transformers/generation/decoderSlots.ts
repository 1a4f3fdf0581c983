import type { TokenDecoder, TokenWriter } from '../../models/tokenDecoder.ts';
import type { EnteringText, SlotDecoder, SlotToken } from './slotDecoder.ts';

const floats = (values: ArrayLike<number>): Float32Array =>
  values instanceof Float32Array ? values : Float32Array.from(values);

/**
 * Texts in slots of any model that writes token by token: each has a decoder of its own, and they take turns. Texts are no faster side by side than one after another.
 */
export class DecoderSlots implements SlotDecoder {
  readonly slots: number;
  /** There is no end in the model; somebody has to make one. */
  readonly maxPositions = 2 ** 16;
  readonly #writer: TokenWriter;
  readonly #decoders: (TokenDecoder | null)[];

  constructor(writer: TokenWriter, slots: number) {
    this.slots = slots;
    this.#writer = writer;
    this.#decoders = Array.from({ length: slots }, () => null);
  }

  enter(slot: number, prompt: Int32Array): EnteringText {
    return {
      read: async () => {
        this.#decoders[slot] ??= this.#writer.decoder();
        return floats(await (this.#decoders[slot] as TokenDecoder).start(prompt));
      },
      dispose: () => {},
    };
  }

  async next(tokens: readonly SlotToken[]): Promise<Float32Array[]> {
    const rows: Float32Array[] = [];
    for (const { slot, token } of tokens) {
      rows.push(floats(await (this.#decoders[slot] as TokenDecoder).next(Int32Array.of(token))));
    }
    return rows;
  }

  /** The decoder stays, with its programs, for the next text. */
  leave(_slot: number): void {}

  dispose(): void {
    for (const decoder of this.#decoders) decoder?.dispose();
    this.#decoders.fill(null);
  }
}
