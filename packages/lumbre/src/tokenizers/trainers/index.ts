export { type CharacterTokenizerOptions, characterTokenizer } from './characters.ts';
export { type CountWordsOptions, countWords, type TrainingTexts } from './countWords.ts';
export type { AlphabetOptions, TrainerOptions, WordCounts } from './options.ts';
export type { ProgressOptions, TrainingProgress, TrainingStage } from './progress.ts';
export { type RetrainOptions, retrain } from './retrain.ts';
export { type BpeTrainingOptions, type BpeTrainingResult, trainBpe } from './trainBpe.ts';
export type { SpecialToken, Trainer } from './trainer.ts';
export {
  BpeTrainer,
  type BpeTrainerOptions,
  trainerOf,
  UnigramTrainer,
  type UnigramTrainerOptions,
  WordLevelTrainer,
  type WordLevelTrainerOptions,
  WordPieceTrainer,
  type WordPieceTrainerOptions,
} from './trainers.ts';
export { type TrainTokenizerOptions, trainTokenizer } from './trainTokenizer.ts';
export { trainUnigram, type UnigramTrainingOptions, type UnigramTrainingResult } from './trainUnigram.ts';
export { trainWordLevel, type WordLevelTrainingOptions } from './trainWordLevel.ts';
export { trainWordPiece, type WordPieceTrainingOptions } from './trainWordPiece.ts';
