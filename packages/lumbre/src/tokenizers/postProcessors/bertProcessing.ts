import type { Encoding } from '../encoding.ts';
import type { PostProcessor } from './postProcessor.ts';
import { type SpecialToken, surrounded } from './specialTokens.ts';

/** `[CLS] text [SEP]`, and `[CLS] text [SEP] text [SEP]` for two. */
export class BertProcessing implements PostProcessor {
  readonly sep: SpecialToken;
  readonly cls: SpecialToken;

  constructor(sep: SpecialToken, cls: SpecialToken) {
    this.sep = sep;
    this.cls = cls;
  }

  addedTokens(isPair: boolean): number {
    return isPair ? 3 : 2;
  }

  process(encodings: Encoding[], addSpecialTokens: boolean): Encoding[] {
    if (!addSpecialTokens) return encodings;
    return encodings.map((encoding, i) =>
      surrounded(encoding, i === 0 ? this.cls : null, this.sep, i === 0 ? 0 : 1, i),
    );
  }

  toJSON(): { type: 'BertProcessing'; sep: SpecialToken; cls: SpecialToken } {
    return { type: 'BertProcessing', sep: this.sep, cls: this.cls };
  }
}
