import { Command } from 'commander';
import { encodeWithTokenizer } from '../commands/tokenizerEncode.ts';
import { inspectTokenizer } from '../commands/tokenizerInspect.ts';
import { type TrainTokenizerCommandOptions, trainTokenizerFile } from '../commands/tokenizerTrain.ts';
import type { Context } from '../io.ts';
import * as read from '../options.ts';
import { tokenizerKindNames } from '../tokenizers/kinds.ts';
import { type Common, loudnessOf, withLanguage, withLoudness } from './common.ts';

type TrainFlags = Common &
  Omit<TrainTokenizerCommandOptions, 'loudness' | 'force'> & { readonly force?: boolean };

interface EncodeFlags {
  readonly file?: string;
  readonly special: boolean;
  readonly json?: boolean;
}

const collect = (token: string, tokens: readonly string[]): string[] => [...tokens, token];

export function tokenizerCommand(context: Context): Command {
  const train = new Command('train')
    .description('learn a vocabulary from texts, and write a tokenizer.json')
    .argument('<files...>', 'UTF-8 texts, or folders of them')
    .option(
      '--model <kind>',
      `${tokenizerKindNames.join(', ')}`,
      read.choice('--model', tokenizerKindNames),
      'bpe',
    )
    .option(
      '--vocab-size <n>',
      'tokens in all (default: 30000; unigram 8000)',
      read.integer('--vocab-size', 1),
    )
    .option('--min-frequency <n>', 'leave out what comes less often', read.integer('--min-frequency', 0))
    .option('--special <token>', 'a special token more; may be repeated', collect, [])
    .option('--limit-alphabet <n>', 'keep so many characters', read.integer('--limit-alphabet', 1))
    .option('--max-token-length <n>', 'make shorter tokens only', read.integer('--max-token-length', 1))
    .option('--lowercase', 'take capitals as small letters')
    .option('--byte-fallback', 'bytes for unknown characters, in the manner of sentencepiece')
    .option('--out <file>', 'where it is written', 'tokenizer.json')
    .option('--force', 'overwrite the file');
  withLoudness(withLanguage(train)).action((files: string[], { force = false, ...flags }: TrainFlags) =>
    trainTokenizerFile(files, { ...flags, force, loudness: loudnessOf(flags) }, context),
  );

  const source = 'a tokenizer.json, a folder of a model, or a name on the hub';
  const encode = new Command('encode')
    .description('show the tokens of a text, and their ids')
    .argument('<tokenizer>', source)
    .argument('[text...]', 'the text')
    .option('--file <path>', 'a text file instead')
    .option('--no-special', 'put no special tokens around the text')
    .option('--json', 'one JSON object, for programs');
  withLanguage(encode).action((tokenizer: string, words: string[], { json = false, ...flags }: EncodeFlags) =>
    encodeWithTokenizer(tokenizer, words, { ...flags, json }, context),
  );

  const inspect = new Command('inspect')
    .description('its stages, special tokens, and what its vocabulary is like')
    .argument('<tokenizer>', source)
    .option('--json', 'one JSON object, for programs');
  withLanguage(inspect).action((tokenizer: string, { json = false }: { json?: boolean }) =>
    inspectTokenizer(tokenizer, json, context),
  );

  return new Command('tokenizer')
    .description('tokenizers: train them, see what they make of a text, look inside')
    .addCommand(train)
    .addCommand(encode)
    .addCommand(inspect);
}
