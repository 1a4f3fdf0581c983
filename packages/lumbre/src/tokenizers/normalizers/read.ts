import type { JsonReader } from '../jsonReader.ts';
import { readStoredPattern } from '../patterns/storedPattern.ts';
import { TokenizerError } from '../tokenizerError.ts';
import { BertNormalizer } from './bertNormalizer.ts';
import { ByteLevel } from './byteLevel.ts';
import { Lowercase, Nmt, Prepend, Strip, StripAccents } from './characters.ts';
import type { Normalizer } from './normalizer.ts';
import { Precompiled } from './precompiled.ts';
import { Replace } from './replace.ts';
import { Sequence } from './sequence.ts';
import { NFC, NFD, NFKC, NFKD } from './unicode.ts';

const readers: Readonly<Record<string, (json: JsonReader) => Normalizer>> = {
  BertNormalizer: (json) =>
    new BertNormalizer({
      cleanText: json.boolean('clean_text', true),
      handleChineseChars: json.boolean('handle_chinese_chars', true),
      stripAccents: json.present('strip_accents') ? json.boolean('strip_accents') : null,
      lowercase: json.boolean('lowercase', true),
    }),
  ByteLevel: () => new ByteLevel(),
  Lowercase: () => new Lowercase(),
  NFC: () => new NFC(),
  NFD: () => new NFD(),
  NFKC: () => new NFKC(),
  NFKD: () => new NFKD(),
  Nmt: () => new Nmt(),
  Precompiled: (json) => new Precompiled(json.string('precompiled_charsmap')),
  Prepend: (json) => new Prepend(json.string('prepend')),
  Replace: (json) => new Replace(readStoredPattern(json), json.string('content')),
  Sequence: (json) => new Sequence(json.objects('normalizers').map(readNormalizer)),
  Strip: (json) => new Strip({ left: json.boolean('strip_left'), right: json.boolean('strip_right') }),
  StripAccents: () => new StripAccents(),
};

/** @throws TokenizerError for a type that there is none of, and for fields that do not fit. */
export function readNormalizer(json: JsonReader): Normalizer {
  const type = json.string('type');
  if (!Object.hasOwn(readers, type)) {
    throw new TokenizerError(
      `${json.path} is a '${type}', and there are: ${Object.keys(readers).join(', ')}.`,
    );
  }
  return (readers[type] as (json: JsonReader) => Normalizer)(json);
}
