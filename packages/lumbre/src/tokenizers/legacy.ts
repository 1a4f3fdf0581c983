import { AddedToken } from './addedToken.ts';
import { ByteLevel as ByteLevelDecoder } from './decoders/bytes.ts';
import { WordPiece as WordPieceDecoder } from './decoders/words.ts';
import { BPE } from './models/bpe.ts';
import { checkedVocabulary } from './models/vocabulary.ts';
import { WordPiece } from './models/wordPiece.ts';
import { BertNormalizer } from './normalizers/bertNormalizer.ts';
import { ByteLevel as ByteLevelProcessor } from './postProcessors/byteLevel.ts';
import { TemplateProcessing } from './postProcessors/templateProcessing.ts';
import { ByteLevel } from './preTokenizers/byteLevel.ts';
import { BertPreTokenizer } from './preTokenizers/whitespace.ts';
import { Tokenizer } from './tokenizer.ts';
import { shown, TokenizerError } from './tokenizerError.ts';

/** The lines of `merges.txt` or `vocab.bpe`: two tokens with a space between. */
export function parseMerges(text: string): (readonly [left: string, right: string])[] {
  const merges: (readonly [string, string])[] = [];
  text.split('\n').forEach((line, i) => {
    const content = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (content === '' || content.startsWith('#version')) return;
    const parts = content.split(' ');
    if (parts.length !== 2) {
      throw new TokenizerError(
        `Merges: line ${i + 1} should be two tokens with a space between, and is ${shown(content)}.`,
      );
    }
    merges.push(parts as [string, string]);
  });
  return merges;
}

function parseVocabulary(text: string, where: string): ReadonlyMap<string, number> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new TokenizerError(`${where} is no JSON: ${error instanceof Error ? error.message : shown(error)}`);
  }
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    throw new TokenizerError(`${where} should have tokens with their ids, and is ${shown(json)}.`);
  }
  return checkedVocabulary(Object.entries(json), where).ids;
}

export interface GPT2TokenizerOptions {
  /** Puts a space before a text that begins with none. Default false. */
  readonly addPrefixSpace?: boolean;
}

/**
 * GPT-2's tokenizer from `vocab.json` and `merges.txt`, which OpenAI's own files call `encoder.json` and `vocab.bpe`.
 * @throws TokenizerError for files that are something else
 */
export function gpt2Tokenizer(
  vocab: string,
  merges: string,
  { addPrefixSpace = false }: GPT2TokenizerOptions = {},
): Tokenizer {
  const model = new BPE({ vocab: parseVocabulary(vocab, 'vocab.json'), merges: parseMerges(merges) });
  const tokenizer = new Tokenizer(model);
  tokenizer.preTokenizer = new ByteLevel({ addPrefixSpace });
  tokenizer.postProcessor = new ByteLevelProcessor({ trimOffsets: false });
  tokenizer.decoder = new ByteLevelDecoder();
  if (model.tokenToId('<|endoftext|>') !== undefined) tokenizer.addSpecialTokens(['<|endoftext|>']);
  return tokenizer;
}

export interface BertTokenizerOptions {
  /** Default true. */
  readonly lowercase?: boolean;
  /** Default null: as `lowercase`. */
  readonly stripAccents?: boolean | null;
  /** Default true. */
  readonly handleChineseChars?: boolean;
}

const bertTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/** BERT's tokenizer from `vocab.txt`, a token a line. @throws TokenizerError when `[CLS]` or `[SEP]` is missing */
export function bertTokenizer(vocab: string, options: BertTokenizerOptions = {}): Tokenizer {
  const lines = vocab.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const model = new WordPiece({ vocab: lines.map((line, id) => [line.trimEnd(), id] as const) });
  const idOf = (token: string): number => {
    const id = model.tokenToId(token);
    if (id === undefined)
      throw new TokenizerError(`vocab.txt has no ${token}, which BERT puts around texts.`);
    return id;
  };
  const tokenizer = new Tokenizer(model);
  tokenizer.normalizer = new BertNormalizer(options);
  tokenizer.preTokenizer = new BertPreTokenizer();
  tokenizer.postProcessor = new TemplateProcessing({
    single: '[CLS]:0 $A:0 [SEP]:0',
    pair: '[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1',
    specialTokens: ['[CLS]', '[SEP]'].map((token) => [token, idOf(token)]),
  });
  tokenizer.decoder = new WordPieceDecoder();
  const special = bertTokens.filter((token) => model.tokenToId(token) !== undefined);
  tokenizer.addSpecialTokens(special.map((token) => new AddedToken(token, { special: true })));
  return tokenizer;
}
