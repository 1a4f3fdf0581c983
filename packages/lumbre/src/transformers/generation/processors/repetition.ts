import { forbid, RowProcessor } from './logitsProcessor.ts';

/**
 * Tokens that are in the text already become less likely: positive scores are divided by the penalty, negative ones
 * multiplied (Keskar et al., CTRL, arXiv:1909.05858). The prompt counts.
 */
export class RepetitionPenaltyLogitsProcessor extends RowProcessor {
  readonly penalty: number;

  constructor(penalty: number) {
    super();
    this.penalty = penalty;
  }

  processRow(ids: Int32Array, scores: Float32Array): void {
    for (const token of new Set(ids)) {
      const score = scores[token];
      if (score === undefined) continue;
      scores[token] = score < 0 ? score * this.penalty : score / this.penalty;
    }
  }
}

/** No sequence of `size` tokens comes twice. */
export class NoRepeatNGramLogitsProcessor extends RowProcessor {
  readonly size: number;

  constructor(size: number) {
    super();
    this.size = size;
  }

  processRow(ids: Int32Array, scores: Float32Array): void {
    const { size } = this;
    // What the next token would complete: the last size - 1 tokens, wherever they stood before.
    const begun = ids.length + 1 - size;
    const banned: number[] = [];
    for (let start = 0; start + size <= ids.length; start++) {
      let same = 0;
      while (same < size - 1 && ids[start + same] === ids[begun + same]) same++;
      if (same === size - 1) banned.push(ids[start + size - 1] as number);
    }
    forbid(scores, banned);
  }
}
