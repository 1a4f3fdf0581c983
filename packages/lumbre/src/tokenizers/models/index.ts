export { BPE, type BPEOptions } from './bpe.ts';
export type { Model } from './model.ts';
export { Unigram, type UnigramOptions } from './unigram.ts';
export type { VocabularySource } from './vocabulary.ts';
export { WordLevel, type WordLevelOptions } from './wordLevel.ts';
export { WordPiece, type WordPieceOptions } from './wordPiece.ts';
