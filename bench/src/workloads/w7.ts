import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  decoders,
  models,
  normalizers,
  preTokenizers,
  Tokenizer,
  type Trainer,
  trainers,
} from 'lumbre/tokenizers';
import type { Case, Check, Session, Workload } from '../workload.ts';

/** The text and GPT-2's own files are the user's: neither is ours to pass on. */
const TEXT = 'LUMBRE_BENCH_TEXT';
const GPT2 = 'LUMBRE_BENCH_GPT2';

function named(variable: string, what: string): string {
  const path = process.env[variable];
  if (path) return path;
  throw new Error(`W7 needs ${what}: set ${variable} to its path.`);
}

const textPath = () => named(TEXT, 'a text in UTF-8, such as quijote.txt');
const gpt2Path = () => named(GPT2, "a folder with GPT-2's encoder.json and vocab.bpe");

/** What is read: the text in lines, with their ends. */
interface Source {
  readonly text: string;
  readonly lines: readonly string[];
}

function readSource(): Source {
  const text = readFileSync(textPath(), 'utf8');
  return { text, lines: text.split(/(?<=\n)/) };
}

/** GPT-2's tokenizer from the files that OpenAI published. */
export function openGPT2(folder = gpt2Path()): Tokenizer {
  const vocab = JSON.parse(readFileSync(join(folder, 'encoder.json'), 'utf8')) as Record<string, number>;
  const merges = readFileSync(join(folder, 'vocab.bpe'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#version'))
    .map((line): [string, string] => line.split(' ') as [string, string]);
  return byteLevel(new models.BPE({ vocab, merges }));
}

function byteLevel(model: models.BPE): Tokenizer {
  const tokenizer = new Tokenizer(model);
  tokenizer.preTokenizer = new preTokenizers.ByteLevel({ addPrefixSpace: false });
  tokenizer.decoder = new decoders.ByteLevel();
  return tokenizer;
}

/** Ids alone, or all that an encoding tells; at once, or line by line; with words that were seen before, or none. */
export type EncodingKind = 'encode' | 'encode-cold' | 'encode-lines' | 'encode-offsets';

class EncodingSession implements Session {
  readonly #kind: EncodingKind;
  readonly #make: () => Tokenizer;
  readonly #source: Source;
  #tokenizer: Tokenizer;
  #steps = 0;
  #results: number[][][] = [];

  constructor(kind: EncodingKind, make: () => Tokenizer, source: Source) {
    this.#kind = kind;
    this.#make = make;
    this.#source = source;
    this.#tokenizer = make();
  }

  prepare(steps: number): void {
    if (this.#kind === 'encode-cold') this.#tokenizer = this.#make();
    this.#steps = steps;
    this.#results = [];
  }

  run(): void {
    const { text, lines } = this.#source;
    const inputs = this.#kind === 'encode-lines' ? lines : [text];
    const encode =
      this.#kind === 'encode-offsets'
        ? (input: string) => this.#tokenizer.encode(input).ids
        : (input: string) => this.#tokenizer.encodeIds(input);
    for (let step = 0; step < this.#steps; step++) this.#results.push(inputs.map(encode));
  }

  inspect(): void {
    for (const result of this.#results) {
      const tokens = result.reduce((sum, ids) => sum + ids.length, 0);
      if (tokens < this.#source.text.length / 20) throw new Error(`${tokens} tokens are too few.`);
    }
  }

  /** What was encoded is decoded, and the way with offsets gives the same ids. */
  check(): Check {
    const { text } = this.#source;
    const [first] = this.#results;
    if (!first) throw new Error('There is nothing to check: no step was made.');
    const ids = first.flat();
    const decoded = this.#tokenizer.decode(ids) === text;
    const others = first.length === 1 ? this.#tokenizer.encode(text).ids : ids;
    const same = ids.length === others.length && ids.every((id, i) => id === others[i]);
    return {
      what: 'the text that the ids are decoded to, and the ids of the other way to encode',
      deviation: decoded && same ? 0 : 1,
      tolerance: 0,
    };
  }

  dispose(): void {}
}

export type TrainingKind = 'train-bpe' | 'train-wordpiece' | 'train-unigram';

/** A tokenizer that has learned nothing, and who teaches it. */
function untrained(kind: TrainingKind, vocabSize: number): readonly [Tokenizer, Trainer] {
  if (kind === 'train-bpe') {
    const initialAlphabet = preTokenizers.ByteLevel.alphabet();
    return [byteLevel(new models.BPE()), new trainers.BpeTrainer({ vocabSize, initialAlphabet })];
  }
  if (kind === 'train-wordpiece') {
    const tokenizer = new Tokenizer(new models.WordPiece({ unkToken: '[UNK]' }));
    tokenizer.normalizer = new normalizers.BertNormalizer();
    tokenizer.preTokenizer = new preTokenizers.BertPreTokenizer();
    return [tokenizer, new trainers.WordPieceTrainer({ vocabSize, specialTokens: ['[UNK]'] })];
  }
  const tokenizer = new Tokenizer(new models.Unigram({ vocab: [] }));
  tokenizer.preTokenizer = new preTokenizers.Metaspace();
  tokenizer.decoder = new decoders.Metaspace();
  return [tokenizer, new trainers.UnigramTrainer({ vocabSize, unkToken: '<unk>' })];
}

class TrainingSession implements Session {
  readonly #kind: TrainingKind;
  readonly #vocabSize: number;
  readonly #source: Source;
  #pairs: (readonly [Tokenizer, Trainer])[] = [];

  constructor(kind: TrainingKind, vocabSize: number, source: Source) {
    this.#kind = kind;
    this.#vocabSize = vocabSize;
    this.#source = source;
  }

  prepare(steps: number): void {
    this.#pairs = Array.from({ length: steps }, () => untrained(this.#kind, this.#vocabSize));
  }

  async run(): Promise<void> {
    for (const [tokenizer, trainer] of this.#pairs) {
      await tokenizer.trainFromIterator([this.#source.lines], trainer);
    }
  }

  inspect(): void {
    for (const [{ vocabSize }] of this.#pairs) {
      if (!(vocabSize > 0 && vocabSize <= this.#vocabSize))
        throw new Error(`${vocabSize} tokens were learned.`);
    }
  }

  /** How much of the text is unknown to the vocabulary that was learned from it: nothing should be. */
  check(): Check {
    const [tokenizer] = this.#pairs.at(-1) ?? [];
    if (!tokenizer) throw new Error('There is nothing to check: no step was made.');
    const unknown = ['[UNK]', '<unk>'].map((token) => tokenizer.tokenToId(token));
    const lines = this.#source.lines.slice(0, 500);
    const ids = lines.flatMap((line) => tokenizer.encodeIds(line));
    const missed = ids.filter((id) => unknown.includes(id)).length;
    const what = 'unknown tokens among those of the first lines, encoded with what was learned from them';
    return { what, deviation: missed / ids.length, tolerance: 0 };
  }

  dispose(): void {}
}

export const encodingSession = (kind: EncodingKind, make: () => Tokenizer, text: string): Session =>
  new EncodingSession(kind, make, { text, lines: text.split(/(?<=\n)/) });

export const trainingSession = (kind: TrainingKind, vocabSize: number, text: string): Session =>
  new TrainingSession(kind, vocabSize, { text, lines: text.split(/(?<=\n)/) });

/** Files are asked for when a case is begun: the list of cases must not need them. */
const textCase = (name: string, sizes: () => Case['sizes'], open: () => Session): Case => ({
  name,
  unit: 'MB/s',
  operations: 0,
  get sizes() {
    return sizes();
  },
  /** Of the text, in UTF-8. */
  get bytes() {
    return statSync(textPath()).size;
  },
  open,
});

const encodingCase = (kind: EncodingKind): Case =>
  textCase(
    kind,
    () => ({ text: textPath(), gpt2: gpt2Path() }),
    () => new EncodingSession(kind, openGPT2, readSource()),
  );

const trainingCase = (kind: TrainingKind, vocabulary: number): Case =>
  textCase(
    kind,
    () => ({ text: textPath(), vocabulary }),
    () => new TrainingSession(kind, vocabulary, readSource()),
  );

export const w7: Workload = {
  name: 'W7',
  title: `tokenizers: the text of ${TEXT} with the vocabulary of GPT-2 in ${GPT2}, and training`,
  cases: [
    encodingCase('encode'),
    encodingCase('encode-cold'),
    encodingCase('encode-lines'),
    encodingCase('encode-offsets'),
    trainingCase('train-bpe', 30_000),
    trainingCase('train-wordpiece', 30_000),
    trainingCase('train-unigram', 8000),
  ],
};
