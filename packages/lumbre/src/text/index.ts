export {
  BpeTokenizer,
  type BpeTokenizerJson,
  type BpeTokenizerOptions,
  type BpeTrainOptions,
} from './bpeTokenizer.ts';
export { CharTokenizer, type CharTokenizerJson, UnknownCharacterError } from './charTokenizer.ts';
export { type Tokenizer, tokenizerFromJSON } from './tokenizer.ts';
