import { AddedToken, type AddedTokenOptions } from '../addedToken.ts';
import { JsonReader } from '../jsonReader.ts';

/** The tokens that mean something to models, by what files call them. */
export const SPECIAL_TOKEN_NAMES = {
  bosToken: 'bos_token',
  eosToken: 'eos_token',
  unkToken: 'unk_token',
  sepToken: 'sep_token',
  padToken: 'pad_token',
  clsToken: 'cls_token',
  maskToken: 'mask_token',
} as const;

export type SpecialTokenName = keyof typeof SPECIAL_TOKEN_NAMES;

export const specialTokenNames = Object.keys(SPECIAL_TOKEN_NAMES) as SpecialTokenName[];

export type SpecialTokens = Partial<Record<SpecialTokenName, string | null>>;

/** A token as configurations have it, as a text or with its properties; undefined for what is neither. */
export function tokenOf(value: unknown, defaults: AddedTokenOptions = {}): AddedToken | undefined {
  if (typeof value === 'string') return value === '' ? undefined : new AddedToken(value, defaults);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const json = new JsonReader(value, 'a token of the configuration');
  if (typeof json.get('content') !== 'string') return undefined;
  return new AddedToken(json.string('content'), {
    singleWord: json.boolean('single_word', false),
    lstrip: json.boolean('lstrip', false),
    rstrip: json.boolean('rstrip', false),
    normalized: json.boolean('normalized', defaults.normalized ?? !(defaults.special ?? false)),
    special: json.boolean('special', defaults.special ?? false),
  });
}
