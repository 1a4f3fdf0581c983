import type { JsonReader } from '../jsonReader.ts';
import { SPLIT_BEHAVIORS } from '../patterns/splitBehavior.ts';
import { readStoredPattern } from '../patterns/storedPattern.ts';
import { TokenizerError } from '../tokenizerError.ts';
import { ByteLevel, type ByteLevelOptions } from './byteLevel.ts';
import { Digits, FixedLength, Punctuation } from './characters.ts';
import { Metaspace, type MetaspaceOptions, PREPEND_SCHEMES } from './metaspace.ts';
import type { PreTokenizer } from './preTokenizer.ts';
import { Sequence } from './sequence.ts';
import { Split } from './split.ts';
import { UnicodeScripts } from './unicodeScripts.ts';
import { BertPreTokenizer, CharDelimiterSplit, Whitespace, WhitespaceSplit } from './whitespace.ts';

/** The options of Metaspace, which older files write with `add_prefix_space`. */
export function readMetaspace(json: JsonReader): Required<MetaspaceOptions> {
  let prependScheme = json.oneOf('prepend_scheme', PREPEND_SCHEMES, 'always');
  if (json.present('add_prefix_space') && !json.boolean('add_prefix_space')) {
    if (json.present('prepend_scheme') && prependScheme !== 'never') {
      json.fail('prepend_scheme', "'never', as add_prefix_space is false", prependScheme);
    }
    prependScheme = 'never';
  }
  return { replacement: json.character('replacement'), prependScheme, split: json.boolean('split', true) };
}

export const readByteLevel = (json: JsonReader): Required<ByteLevelOptions> => ({
  addPrefixSpace: json.boolean('add_prefix_space'),
  trimOffsets: json.boolean('trim_offsets'),
  useRegex: json.boolean('use_regex', true),
});

const readers: Readonly<Record<string, (json: JsonReader) => PreTokenizer>> = {
  BertPreTokenizer: () => new BertPreTokenizer(),
  ByteLevel: (json) => new ByteLevel(readByteLevel(json)),
  CharDelimiterSplit: (json) => new CharDelimiterSplit(json.character('delimiter')),
  Digits: (json) => new Digits({ individualDigits: json.boolean('individual_digits') }),
  FixedLength: (json) => {
    const length = json.integer('length', 5);
    return length === 0 ? json.fail('length', 'at least 1', length) : new FixedLength({ length });
  },
  Metaspace: (json) => new Metaspace(readMetaspace(json)),
  Punctuation: (json) => new Punctuation(json.oneOf('behavior', SPLIT_BEHAVIORS, 'Isolated')),
  Sequence: (json) => new Sequence(json.objects('pretokenizers').map(readPreTokenizer)),
  Split: (json) =>
    new Split(readStoredPattern(json), json.oneOf('behavior', SPLIT_BEHAVIORS), {
      invert: json.boolean('invert'),
    }),
  UnicodeScripts: () => new UnicodeScripts(),
  Whitespace: () => new Whitespace(),
  WhitespaceSplit: () => new WhitespaceSplit(),
};

/** @throws TokenizerError for a type that there is none of, and for fields that do not fit. */
export function readPreTokenizer(json: JsonReader): PreTokenizer {
  const type = json.string('type');
  if (!Object.hasOwn(readers, type)) {
    throw new TokenizerError(
      `${json.path} is a '${type}', and there are: ${Object.keys(readers).join(', ')}.`,
    );
  }
  return (readers[type] as (json: JsonReader) => PreTokenizer)(json);
}
