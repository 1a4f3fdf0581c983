import type { Encoding } from '../encoding.ts';
import { trimOffsets } from './byteLevel.ts';
import type { PostProcessor } from './postProcessor.ts';
import { type SpecialToken, surrounded } from './specialTokens.ts';

export interface RobertaProcessingOptions {
  /** As for the post-processor ByteLevel. Default true. */
  readonly trimOffsets?: boolean;
  /** Whether the pre-tokenizer puts a space before texts. Default true. */
  readonly addPrefixSpace?: boolean;
}

/** `<s> text </s>`, and `<s> text </s></s> text </s>` for two, all of type 0. */
export class RobertaProcessing implements PostProcessor {
  readonly sep: SpecialToken;
  readonly cls: SpecialToken;
  readonly trimOffsets: boolean;
  readonly addPrefixSpace: boolean;

  constructor(sep: SpecialToken, cls: SpecialToken, options: RobertaProcessingOptions = {}) {
    this.sep = sep;
    this.cls = cls;
    this.trimOffsets = options.trimOffsets ?? true;
    this.addPrefixSpace = options.addPrefixSpace ?? true;
  }

  addedTokens(isPair: boolean): number {
    return isPair ? 4 : 2;
  }

  process(encodings: Encoding[], addSpecialTokens: boolean): Encoding[] {
    for (const encoding of encodings) {
      if (this.trimOffsets) {
        trimOffsets(encoding, this.addPrefixSpace);
        for (const one of encoding.overflowing) trimOffsets(one, this.addPrefixSpace);
      }
      encoding.setTypeIds(0);
      if (addSpecialTokens) for (const one of encoding.overflowing) one.setTypeIds(0);
    }
    if (!addSpecialTokens) return encodings;
    return encodings.map((encoding, i) =>
      surrounded(encoding, i === 0 ? this.cls : this.sep, this.sep, 0, i),
    );
  }

  toJSON(): { type: 'RobertaProcessing'; sep: SpecialToken; cls: SpecialToken } & Record<string, unknown> {
    return {
      type: 'RobertaProcessing',
      sep: this.sep,
      cls: this.cls,
      trim_offsets: this.trimOffsets,
      add_prefix_space: this.addPrefixSpace,
    };
  }
}
