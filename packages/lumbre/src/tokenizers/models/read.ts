import type { JsonReader } from '../jsonReader.ts';
import { shown, TokenizerError } from '../tokenizerError.ts';
import { BPE } from './bpe.ts';
import type { Model } from './model.ts';
import { Unigram } from './unigram.ts';
import { readVocabulary } from './vocabulary.ts';
import { WordLevel } from './wordLevel.ts';
import { WordPiece } from './wordPiece.ts';

/** Merges, as pairs or as older files write them: both tokens with a space between. */
function readMerges(json: JsonReader): (readonly [string, string])[] {
  const merges: (readonly [string, string])[] = [];
  json.list('merges').forEach((merge, i) => {
    if (typeof merge === 'string') {
      if (merge.startsWith('#version')) return;
      const parts = merge.split(' ');
      if (parts.length !== 2) json.fail(`merges[${i}]`, 'two tokens with a space between them', merge);
      merges.push(parts as [string, string]);
    } else if (Array.isArray(merge) && merge.length === 2 && merge.every((one) => typeof one === 'string')) {
      merges.push(merge as [string, string]);
    } else json.fail(`merges[${i}]`, 'two tokens', merge);
  });
  return merges;
}

function readScores(json: JsonReader): (readonly [string, number])[] {
  return json.list('vocab').map((entry, i) => {
    if (Array.isArray(entry) && entry.length === 2) {
      const [token, score] = entry as unknown[];
      if (typeof token === 'string' && typeof score === 'number') return [token, score];
    }
    return json.fail(`vocab[${i}]`, 'a token and a number', entry);
  });
}

const readers = {
  BPE: (json: JsonReader): BPE =>
    new BPE({
      vocab: readVocabulary(json).ids,
      merges: readMerges(json),
      unkToken: json.stringOrNull('unk_token'),
      continuingSubwordPrefix: json.stringOrNull('continuing_subword_prefix'),
      endOfWordSuffix: json.stringOrNull('end_of_word_suffix'),
      fuseUnk: json.boolean('fuse_unk', false),
      byteFallback: json.boolean('byte_fallback', false),
      ignoreMerges: json.boolean('ignore_merges', false),
      dropout: json.present('dropout') ? json.number('dropout') : null,
    }),
  WordPiece: (json: JsonReader): WordPiece =>
    new WordPiece({
      vocab: readVocabulary(json).ids,
      unkToken: json.string('unk_token'),
      continuingSubwordPrefix: json.string('continuing_subword_prefix'),
      maxInputCharsPerWord: json.integer('max_input_chars_per_word'),
    }),
  WordLevel: (json: JsonReader): WordLevel =>
    new WordLevel({ vocab: readVocabulary(json).ids, unkToken: json.string('unk_token') }),
  Unigram: (json: JsonReader): Unigram =>
    new Unigram({
      vocab: readScores(json),
      unkId: json.present('unk_id') ? json.integer('unk_id') : null,
      byteFallback: json.boolean('byte_fallback', false),
    }),
};

/** Which model a file means that does not say so, as old ones: by the fields that it has. */
function guessedType(json: JsonReader): keyof typeof readers {
  if (json.has('merges')) return 'BPE';
  if (json.has('continuing_subword_prefix')) return 'WordPiece';
  return Array.isArray(json.get('vocab')) ? 'Unigram' : 'WordLevel';
}

/** @throws TokenizerError for a type that there is none of, and for fields that do not fit. */
export function readModel(json: JsonReader): Model {
  const type = json.has('type') ? json.get('type') : guessedType(json);
  if (typeof type !== 'string' || !Object.hasOwn(readers, type)) {
    throw new TokenizerError(
      `${json.path} is a ${shown(type)}, and there are: ${Object.keys(readers).join(', ')}.`,
    );
  }
  return readers[type as keyof typeof readers](json);
}
