/** A text on its way into a slot. */
export interface EnteringText {
  /** Reads a piece of the prompt. @returns the scores of the token after it once all of it has been read, null before */
  read(): Promise<Float32Array | null>;
  /** Leaves the rest unread; the slot stays empty. */
  dispose(): void;
}

/** The next token of the text in a slot. */
export interface SlotToken {
  readonly slot: number;
  readonly token: number;
}

/**
 * Reads several texts side by side, each of which comes and goes by itself: for serving many who ask at different times.
 * One call at a time.
 */
export interface SlotDecoder {
  /** How many texts at once. */
  readonly slots: number;
  /** How many tokens a text can have that are read. */
  readonly maxPositions: number;
  /** Begins to read a prompt of 1 to `maxPositions` tokens, piece by piece, for an empty slot. */
  enter(slot: number, prompt: Int32Array): EnteringText;
  /** Adds a token to some texts. @returns the scores of the token after it, for each of them; valid until the next call */
  next(tokens: readonly SlotToken[]): Promise<Float32Array[]>;
  /** Empties a slot. */
  leave(slot: number): void;
  /** Gives back what it holds; the model stays. */
  dispose(): void;
}
