import { AddedToken } from '../addedToken.ts';
import type { JsonReader } from '../jsonReader.ts';
import type { Tokenizer } from '../tokenizer.ts';
import {
  SPECIAL_TOKEN_NAMES,
  type SpecialTokenName,
  type SpecialTokens,
  specialTokenNames,
  tokenOf,
} from './specialTokens.ts';

/**
 * Which tokens are special, from `tokenizer_config.json` and `special_tokens_map.json`; tokens of the class count if the
 * vocabulary has them. What the tokenizer does not know as special yet, it does afterwards.
 */
export function readSpecialTokens(
  tokenizer: Tokenizer,
  config: JsonReader,
  map: JsonReader,
  defaults: SpecialTokens,
): { readonly named: SpecialTokens; readonly additional: readonly string[] } {
  const additional: string[] = [];
  const added: AddedToken[] = [];
  const decoder = config.get('added_tokens_decoder');
  if (decoder !== null && typeof decoder === 'object') {
    const entries = Object.entries(decoder as object).sort(([a], [b]) => Number(a) - Number(b));
    for (const [, value] of entries) {
      const token = tokenOf(value);
      if (token) added.push(token);
    }
  }
  const result = {} as Record<SpecialTokenName, string | null>;
  for (const name of specialTokenNames) {
    const stored = SPECIAL_TOKEN_NAMES[name];
    const told = config.has(stored) ? config.get(stored) : map.get(stored);
    const token = tokenOf(told, { special: true });
    if (token) added.push(token);
    const byClass = defaults[name] ?? null;
    const known = byClass !== null && tokenizer.tokenToId(byClass) !== undefined ? byClass : null;
    result[name] = token?.content ?? (told === undefined ? known : null);
    if (token === undefined && result[name] !== null)
      added.push(new AddedToken(result[name], { special: true }));
  }
  const more =
    config.get('additional_special_tokens') ??
    map.get('additional_special_tokens') ??
    config.get('extra_special_tokens');
  for (const value of Array.isArray(more) ? more : []) {
    const token = tokenOf(value, { special: true });
    if (!token) continue;
    added.push(token);
    additional.push(token.content);
  }
  // What the tokenizer has already keeps its properties, but what is special here is special there.
  const known = new Map([...tokenizer.addedTokens.values()].map((token) => [token.content, token]));
  const missing = added.filter((token) => known.get(token.content)?.special !== true);
  for (const token of missing) {
    if (token.special) tokenizer.addSpecialTokens([known.get(token.content) ?? token]);
    else if (!known.has(token.content)) tokenizer.addTokens([token]);
  }
  return { named: result, additional };
}
