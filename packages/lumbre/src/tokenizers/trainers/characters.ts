import { Fuse } from '../decoders/index.ts';
import { WordLevel } from '../models/wordLevel.ts';
import { Regex } from '../patterns/storedPattern.ts';
import { Split } from '../preTokenizers/split.ts';
import { Tokenizer } from '../tokenizer.ts';

export interface CharacterTokenizerOptions {
  /** What characters are that the vocabulary lacks. Default `[UNK]`. */
  readonly unkToken?: string;
}

/**
 * A tokenizer of single characters, of Unicode's code points, for a `WordLevelTrainer` to train, whose special tokens should
 * have `unkToken`:
 *
 * ```ts
 * const tokenizer = characterTokenizer();
 * await trainTokenizer(tokenizer, texts, new WordLevelTrainer({ specialTokens: ['[UNK]'] }));
 * ```
 */
export function characterTokenizer({ unkToken = '[UNK]' }: CharacterTokenizerOptions = {}): Tokenizer {
  const tokenizer = new Tokenizer(new WordLevel({ unkToken }));
  // Line ends are characters as well, which a dot would pass over.
  tokenizer.preTokenizer = new Split(new Regex(String.raw`[\s\S]`), 'Isolated');
  tokenizer.decoder = new Fuse();
  return tokenizer;
}
