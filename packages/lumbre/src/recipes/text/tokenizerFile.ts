import { BpeTokenizer, type Tokenizer, tokenizerFromJSON } from '../../text/index.ts';
import type { ModelFiles } from '../recipe.ts';

const NAME = 'tokenizer.json';

/** A tokenizer as a file of its model. */
export function tokenizerFile(tokenizer: Tokenizer): ModelFiles {
  // Thousands of merges, one a line, would make the file longer than the weights.
  const indent = tokenizer instanceof BpeTokenizer ? 0 : 2;
  return new Map([[NAME, `${JSON.stringify(tokenizer.toJSON(), null, indent)}\n`]]);
}

/** @throws Error when the file is missing or damaged. */
export function fromTokenizerFile(files: ModelFiles): Tokenizer {
  const json = files.get(NAME);
  if (json === undefined) throw new Error(`The model has no ${NAME}; bring back a copy, or train anew.`);
  return tokenizerFromJSON(JSON.parse(json));
}
