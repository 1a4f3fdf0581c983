import type { NormalizedString } from '../text/normalizedString.ts';
import type { Normalizer } from './normalizer.ts';

/** Normalizers one after the other. */
export class Sequence implements Normalizer {
  readonly normalizers: readonly Normalizer[];

  constructor(normalizers: readonly Normalizer[]) {
    this.normalizers = normalizers;
  }

  normalize(text: NormalizedString): void {
    for (const normalizer of this.normalizers) normalizer.normalize(text);
  }

  toJSON(): { type: 'Sequence'; normalizers: unknown[] } {
    return { type: 'Sequence', normalizers: this.normalizers.map((normalizer) => normalizer.toJSON()) };
  }
}
