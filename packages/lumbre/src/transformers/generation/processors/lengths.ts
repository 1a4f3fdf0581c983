import { forbid, force, RowProcessor } from './logitsProcessor.ts';

/** No end before a text has so many tokens, the prompt's included. */
export class MinLengthLogitsProcessor extends RowProcessor {
  readonly minLength: number;
  readonly eosTokenIds: readonly number[];

  constructor(minLength: number, eosTokenIds: readonly number[]) {
    super();
    this.minLength = minLength;
    this.eosTokenIds = eosTokenIds;
  }

  processRow(ids: Int32Array, scores: Float32Array): void {
    if (ids.length < this.minLength) forbid(scores, this.eosTokenIds);
  }
}

/** No end before so many tokens follow the prompt. */
export class MinNewTokensLengthLogitsProcessor extends MinLengthLogitsProcessor {
  constructor(promptLength: number, minNewTokens: number, eosTokenIds: readonly number[]) {
    super(promptLength + minNewTokens, eosTokenIds);
  }
}

/** The token that follows a prompt of one token. */
export class ForcedBOSTokenLogitsProcessor extends RowProcessor {
  readonly bosTokenId: number;

  constructor(bosTokenId: number) {
    super();
    this.bosTokenId = bosTokenId;
  }

  processRow(ids: Int32Array, scores: Float32Array): void {
    if (ids.length === 1) force('ForcedBOSTokenLogitsProcessor', scores, [this.bosTokenId]);
  }
}

/** The last token of a text that reaches `maxLength`. */
export class ForcedEOSTokenLogitsProcessor extends RowProcessor {
  readonly maxLength: number;
  readonly eosTokenIds: readonly number[];

  constructor(maxLength: number, eosTokenIds: readonly number[]) {
    super();
    this.maxLength = maxLength;
    this.eosTokenIds = eosTokenIds;
  }

  processRow(ids: Int32Array, scores: Float32Array): void {
    if (ids.length === this.maxLength - 1) force('ForcedEOSTokenLogitsProcessor', scores, this.eosTokenIds);
  }
}

/** From a length on, the end becomes likelier with each token: |score| · (factor^tokens - 1) is added. */
export class ExponentialDecayLengthPenalty extends RowProcessor {
  readonly start: number;
  readonly factor: number;
  readonly eosTokenIds: readonly number[];

  /** @param penalty after how many new tokens it begins, and the factor */
  constructor(
    [start, factor]: readonly [start: number, factor: number],
    eosTokenIds: readonly number[],
    promptLength: number,
  ) {
    super();
    this.start = start + promptLength;
    this.factor = factor;
    this.eosTokenIds = eosTokenIds;
  }

  processRow(ids: Int32Array, scores: Float32Array): void {
    if (ids.length <= this.start) return;
    const growth = this.factor ** (ids.length - this.start) - 1;
    for (const token of this.eosTokenIds) {
      const score = scores[token];
      // -∞ stays: it was forbidden.
      if (score !== undefined && Number.isFinite(score)) scores[token] = score + Math.abs(score) * growth;
    }
  }
}

/** Tokens that never come. */
export class SuppressTokensLogitsProcessor extends RowProcessor {
  readonly tokens: readonly number[];

  constructor(tokens: readonly number[]) {
    super();
    this.tokens = tokens;
  }

  processRow(_: Int32Array, scores: Float32Array): void {
    forbid(scores, this.tokens);
  }
}

/** Tokens that do not come first. */
export class SuppressTokensAtBeginLogitsProcessor extends RowProcessor {
  readonly tokens: readonly number[];
  /** The length of a text that has its first token before it. */
  readonly beginIndex: number;

  constructor(tokens: readonly number[], beginIndex: number) {
    super();
    this.tokens = tokens;
    this.beginIndex = beginIndex;
  }

  processRow(ids: Int32Array, scores: Float32Array): void {
    if (ids.length === this.beginIndex) forbid(scores, this.tokens);
  }
}
