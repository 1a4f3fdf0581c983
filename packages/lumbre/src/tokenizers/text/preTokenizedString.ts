import type { NormalizedString } from './normalizedString.ts';

/** A token as a model gives it: where it lies is counted in UTF-16 units of the word it was given. */
export interface Token {
  readonly id: number;
  readonly token: string;
  readonly start: number;
  readonly end: number;
}

/** A piece of the text, and its tokens once it has them: an added token has one from the start. */
export interface Split {
  readonly text: NormalizedString;
  tokens: readonly Token[] | null;
}

/** A text in pieces. What has tokens already is neither normalized nor cut any further. */
export class PreTokenizedString {
  splits: Split[];

  constructor(text: NormalizedString) {
    this.splits = [{ text, tokens: null }];
  }

  /** Cuts every piece that has no tokens yet; pieces that are empty are dropped. */
  split(cut: (text: NormalizedString, index: number) => Iterable<NormalizedString>): void {
    const splits: Split[] = [];
    this.splits.forEach((split, index) => {
      if (split.tokens !== null) {
        splits.push(split);
        return;
      }
      for (const text of cut(split.text, index)) if (text.text !== '') splits.push({ text, tokens: null });
    });
    this.splits = splits;
  }

  /** Changes every piece that has no tokens yet. */
  normalize(change: (text: NormalizedString) => void): void {
    for (const split of this.splits) if (split.tokens === null) change(split.text);
  }
}
