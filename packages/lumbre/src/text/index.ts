export { CharTokenizer, type CharTokenizerJson, UnknownCharacterError } from './charTokenizer.ts';
