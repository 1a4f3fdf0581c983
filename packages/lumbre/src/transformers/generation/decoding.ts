/** Prompts side by side, all of one length. */
export interface Prompts {
  readonly rows: readonly Int32Array[];
  /** 1 for tokens and 0 for padding, a row each; null where nothing is padded. */
  readonly mask: readonly Uint8Array[] | null;
}

/** Reads texts token by token and says, after each, how likely every token is to be the next. */
export interface BatchDecoder {
  /** How many texts there are: so many for each prompt. */
  readonly rows: number;
  /** Reads the prompts. @returns the scores of the tokens after them, a row for each text */
  start(prompts: Prompts): Promise<Float32Array[]>;
  /** Adds one token to each text. @returns the scores of the tokens after it */
  next(tokens: Int32Array): Promise<Float32Array[]>;
  /** Row i goes on from what row `from[i]` has read. */
  reorder(from: Int32Array): void;
  /** Gives back what it holds; the model stays. */
  dispose(): void;
}

/** The position of each token in its text: padding does not count, and has position 0. */
export function positionsOf(mask: Uint8Array): Int32Array {
  let next = 0;
  return Int32Array.from(mask, (isToken) => (isToken ? next++ : 0));
}

/** One typed array with row after row, each `times` times. */
export function flatten(rows: readonly Int32Array[], times = 1): Int32Array {
  const length = rows[0]?.length ?? 0;
  const flat = new Int32Array(rows.length * times * length);
  for (const [i, row] of rows.entries()) {
    for (let copy = 0; copy < times; copy++) flat.set(row, (i * times + copy) * length);
  }
  return flat;
}

/** Each row `times` times, one after another: the texts of a prompt stand together. */
export const repeatRows = <T>(rows: readonly T[], times: number): T[] =>
  rows.flatMap((row) => Array.from({ length: times }, () => row));

/** A flat array of scores as one view for each text. */
export function splitRows(flat: Float32Array, rows: number): Float32Array[] {
  const width = flat.length / rows;
  return Array.from({ length: rows }, (_, row) => flat.subarray(row * width, (row + 1) * width));
}
