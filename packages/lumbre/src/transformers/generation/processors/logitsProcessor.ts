/**
 * Changes the scores of the next tokens, in place, for all texts that are written side by side. What must not come gets
 * -Infinity.
 */
export interface LogitsProcessor {
  /**
   * @param inputIds the texts so far, padding and prompt included, all of one length; not to be changed
   * @param scores one score a token, for each text
   */
  process(inputIds: readonly Int32Array[], scores: readonly Float32Array[]): void;
}

/** The same for one text, as a function: enough for most who write their own. */
export type LogitsFunction = (inputIds: Int32Array, scores: Float32Array, row: number) => void;

/** A processor that looks at each text by itself. */
export abstract class RowProcessor implements LogitsProcessor {
  process(inputIds: readonly Int32Array[], scores: readonly Float32Array[]): void {
    for (const [row, ids] of inputIds.entries()) this.processRow(ids, scores[row] as Float32Array);
  }

  /** The scores of one text, to be changed. */
  abstract processRow(ids: Int32Array, scores: Float32Array): void;
}

/** Processors one after another. */
export class LogitsProcessorList implements LogitsProcessor {
  readonly processors: readonly LogitsProcessor[];

  constructor(processors: Iterable<LogitsProcessor | LogitsFunction>) {
    this.processors = Array.from(processors, (one) => (typeof one === 'function' ? fromFunction(one) : one));
  }

  process(inputIds: readonly Int32Array[], scores: readonly Float32Array[]): void {
    for (const processor of this.processors) processor.process(inputIds, scores);
  }
}

const fromFunction = (change: LogitsFunction): LogitsProcessor => ({
  process: (inputIds, scores) => {
    for (const [row, ids] of inputIds.entries()) change(ids, scores[row] as Float32Array, row);
  },
});

/** Tokens become impossible. Those that the vocabulary does not have are passed over. */
export function forbid(scores: Float32Array, tokens: Iterable<number>): void {
  for (const token of tokens) if (token < scores.length) scores[token] = Number.NEGATIVE_INFINITY;
}

/** These tokens and no others. @throws RangeError for a token that there is not. */
export function force(operation: string, scores: Float32Array, tokens: readonly number[]): void {
  const unknown = tokens.find((token) => token >= scores.length);
  if (unknown !== undefined) {
    throw new RangeError(
      `${operation}: token ${unknown} is not among the ${scores.length} of the vocabulary.`,
    );
  }
  scores.fill(Number.NEGATIVE_INFINITY);
  for (const token of tokens) scores[token] = 0;
}
