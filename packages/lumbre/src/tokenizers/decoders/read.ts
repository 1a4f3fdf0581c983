import type { JsonReader } from '../jsonReader.ts';
import { readStoredPattern } from '../patterns/storedPattern.ts';
import { readByteLevel, readMetaspace } from '../preTokenizers/read.ts';
import { TokenizerError } from '../tokenizerError.ts';
import { ByteFallback, ByteLevel } from './bytes.ts';
import type { Decoder } from './decoder.ts';
import { Fuse, Replace, Sequence, Strip } from './texts.ts';
import { BPEDecoder, CTC, Metaspace, WordPiece } from './words.ts';

const readers: Readonly<Record<string, (json: JsonReader) => Decoder>> = {
  BPEDecoder: (json) => new BPEDecoder({ suffix: json.string('suffix') }),
  ByteFallback: () => new ByteFallback(),
  ByteLevel: (json) => new ByteLevel(readByteLevel(json)),
  CTC: (json) =>
    new CTC({
      padToken: json.string('pad_token'),
      wordDelimiterToken: json.string('word_delimiter_token'),
      cleanup: json.boolean('cleanup'),
    }),
  Fuse: () => new Fuse(),
  Metaspace: (json) => new Metaspace(readMetaspace(json)),
  Replace: (json) => new Replace(readStoredPattern(json), json.string('content')),
  Sequence: (json) => new Sequence(json.objects('decoders').map(readDecoder)),
  Strip: (json) =>
    new Strip({
      content: json.character('content'),
      start: json.integer('start'),
      stop: json.integer('stop'),
    }),
  WordPiece: (json) => new WordPiece({ prefix: json.string('prefix'), cleanup: json.boolean('cleanup') }),
};

/** @throws TokenizerError for a type that there is none of, and for fields that do not fit. */
export function readDecoder(json: JsonReader): Decoder {
  const type = json.string('type');
  if (!Object.hasOwn(readers, type)) {
    throw new TokenizerError(
      `${json.path} is a '${type}', and there are: ${Object.keys(readers).join(', ')}.`,
    );
  }
  return (readers[type] as (json: JsonReader) => Decoder)(json);
}
