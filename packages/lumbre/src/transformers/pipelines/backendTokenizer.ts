import { models, type PreTrainedTokenizer, type Tokenizer } from '../../tokenizers/index.ts';
import type { PipelineTokenizer } from './pipelineTokenizer.ts';

/** What a tokenizer does not say of itself: which of its tokens stand for what. */
export interface SpecialTokens {
  readonly maskToken?: string | null | undefined;
  readonly padToken?: string | null | undefined;
  readonly clsToken?: string | null | undefined;
  readonly unkToken?: string | null | undefined;
  readonly paddingSide?: 'left' | 'right' | undefined;
  readonly modelMaxLength?: number | undefined;
}

/** For pipelines, a tokenizer with the names of its special tokens. */
export function backendTokenizer(tokenizer: Tokenizer, special: SpecialTokens): PipelineTokenizer {
  const id = (token: string | null | undefined): number | null =>
    token === null || token === undefined ? null : (tokenizer.tokenToId(token) ?? null);
  const { model, decoder } = tokenizer;
  const prefix =
    model instanceof models.WordPiece || model instanceof models.BPE ? model.continuingSubwordPrefix : null;
  return {
    encode: (text, { pair = null, addSpecialTokens = true, truncation = null } = {}) =>
      tokenizer.encode(text, { pair, addSpecialTokens, truncation, padding: null }),
    decode: (ids, { skipSpecialTokens = false } = {}) => tokenizer.decode(ids, { skipSpecialTokens }),
    tokenToId: (token) => tokenizer.tokenToId(token),
    tokensToString: (tokens) => (decoder ? decoder.decodeChain(tokens).join('') : tokens.join(' ')),
    maskToken: special.maskToken ?? null,
    maskTokenId: id(special.maskToken),
    padTokenId: id(special.padToken),
    clsTokenId: id(special.clsToken),
    unkTokenId: id(special.unkToken),
    paddingSide: special.paddingSide ?? 'right',
    modelMaxLength: special.modelMaxLength ?? Number.POSITIVE_INFINITY,
    marksContinuation: prefix !== null && prefix !== '',
  };
}

/** For pipelines, a model's own tokenizer. */
export const pipelineTokenizer = (tokenizer: PreTrainedTokenizer): PipelineTokenizer => ({
  ...backendTokenizer(tokenizer.backendTokenizer, tokenizer),
  decode: (ids, options = {}) => tokenizer.decode(ids, options),
});
