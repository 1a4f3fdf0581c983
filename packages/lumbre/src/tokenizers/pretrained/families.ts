import { PreTrainedTokenizer } from './preTrainedTokenizer.ts';
import type { SpecialTokens } from './specialTokens.ts';

const withTypes = ['input_ids', 'token_type_ids', 'attention_mask'];
const withoutTypes = ['input_ids', 'attention_mask'];

/** The tokenizer of GPT-2 and GPT-Neo: byte-level BPE. It has no padding token; `eosToken` is often taken for one. */
export class GPT2Tokenizer extends PreTrainedTokenizer {
  static override readonly tokenizerClass: string = 'GPT2Tokenizer';
  static override readonly defaultTokens: SpecialTokens = {
    bosToken: '<|endoftext|>',
    eosToken: '<|endoftext|>',
    unkToken: '<|endoftext|>',
  };
}

/** The tokenizer of BERT: WordPiece. */
export class BertTokenizer extends PreTrainedTokenizer {
  static override readonly tokenizerClass: string = 'BertTokenizer';
  static override readonly defaultTokens: SpecialTokens = {
    unkToken: '[UNK]',
    sepToken: '[SEP]',
    padToken: '[PAD]',
    clsToken: '[CLS]',
    maskToken: '[MASK]',
  };
  static override readonly modelInputNames = withTypes;
}

/** The tokenizer of DistilBERT: BERT's, whose texts have no types. */
export class DistilBertTokenizer extends BertTokenizer {
  static override readonly tokenizerClass = 'DistilBertTokenizer';
  static override readonly modelInputNames = withoutTypes;
}

/** The tokenizer of RoBERTa: byte-level BPE with BERT's ways. */
export class RobertaTokenizer extends PreTrainedTokenizer {
  static override readonly tokenizerClass = 'RobertaTokenizer';
  static override readonly defaultTokens: SpecialTokens = {
    bosToken: '<s>',
    eosToken: '</s>',
    sepToken: '</s>',
    clsToken: '<s>',
    unkToken: '<unk>',
    padToken: '<pad>',
    maskToken: '<mask>',
  };
}

/** The tokenizer of Llama and Mistral: BPE with byte fallback, later byte-level. */
export class LlamaTokenizer extends PreTrainedTokenizer {
  static override readonly tokenizerClass = 'LlamaTokenizer';
  static override readonly defaultTokens: SpecialTokens = {
    bosToken: '<s>',
    eosToken: '</s>',
    unkToken: '<unk>',
  };
}

/** The tokenizer of Qwen2: byte-level BPE. */
export class Qwen2Tokenizer extends PreTrainedTokenizer {
  static override readonly tokenizerClass = 'Qwen2Tokenizer';
  static override readonly defaultTokens: SpecialTokens = {
    eosToken: '<|endoftext|>',
    unkToken: '<|endoftext|>',
    padToken: '<|endoftext|>',
  };
}
