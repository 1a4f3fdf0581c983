import type { JsonReader } from '../jsonReader.ts';
import { onigurumaPattern } from './oniguruma.ts';
import { type Pattern, textPattern } from './pattern.ts';

/** A pattern as `tokenizer.json` has it: a text to be found as it is, or a regular expression of Oniguruma. */
export type StoredPattern = { readonly String: string } | { readonly Regex: string };

/** Says that a text is a regular expression, in Oniguruma's syntax, as `tokenizers.Regex` does in Python. */
export class Regex {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** @throws TokenizerError for an expression that cannot be run here. */
export const storedPattern = (stored: StoredPattern): Pattern =>
  'String' in stored ? textPattern(stored.String) : onigurumaPattern(stored.Regex);

export const toStored = (pattern: string | Regex): StoredPattern =>
  pattern instanceof Regex ? { Regex: pattern.source } : { String: pattern };

/** The field `pattern` of a component. */
export function readStoredPattern(json: JsonReader): string | Regex {
  const pattern = json.object('pattern');
  return pattern.has('String') ? pattern.string('String') : new Regex(pattern.string('Regex'));
}
