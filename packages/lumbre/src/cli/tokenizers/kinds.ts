import {
  decoders,
  models,
  normalizers,
  postProcessors,
  preTokenizers,
  Tokenizer,
  type Trainer,
  trainers,
} from '../../tokenizers/index.ts';

/** What `lumbre tokenizer train` can be told about the model. What is undefined is the trainer's own default. */
export interface TokenizerSettings {
  readonly vocabSize?: number;
  readonly minFrequency?: number;
  readonly limitAlphabet?: number;
  readonly maxTokenLength?: number;
  readonly lowercase?: boolean;
  readonly byteFallback?: boolean;
  /** Special tokens beside those that the kind has anyway. */
  readonly special: readonly string[];
}

/** A kind of tokenizer: its stages, as well-known models have them, and how it is trained. */
export interface TokenizerKind {
  /** The settings that it takes, beside the size of the vocabulary and special tokens. */
  readonly takes: readonly (keyof TokenizerSettings)[];
  make(settings: TokenizerSettings): { readonly tokenizer: Tokenizer; readonly trainer: Trainer };
}

/** Only what was told: an option that is there and undefined would hide the default. */
function told<K extends keyof TokenizerSettings>(
  settings: TokenizerSettings,
  ...names: K[]
): Pick<TokenizerSettings, K> {
  const chosen = names.filter((name) => settings[name] !== undefined);
  return Object.fromEntries(chosen.map((name) => [name, settings[name]])) as Pick<TokenizerSettings, K>;
}

const withMore = (own: readonly string[], { special }: TokenizerSettings): string[] => [
  ...new Set([...own, ...special]),
];

/** GPT-2's: words of bytes, so that nothing is unknown. */
function byteLevelBpe(settings: TokenizerSettings): ReturnType<TokenizerKind['make']> {
  const tokenizer = new Tokenizer(new models.BPE());
  if (settings.lowercase) tokenizer.normalizer = new normalizers.Lowercase();
  tokenizer.preTokenizer = new preTokenizers.ByteLevel({ addPrefixSpace: false });
  tokenizer.postProcessor = new postProcessors.ByteLevel({ trimOffsets: false });
  tokenizer.decoder = new decoders.ByteLevel();
  const trainer = new trainers.BpeTrainer({
    initialAlphabet: preTokenizers.ByteLevel.alphabet(),
    specialTokens: withMore(['<|endoftext|>'], settings),
    ...told(settings, 'vocabSize', 'minFrequency', 'maxTokenLength', 'limitAlphabet'),
  });
  return { tokenizer, trainer };
}

/** Sentencepiece's: a visible space before each word, and bytes for characters that are unknown. */
function metaspaceBpe(settings: TokenizerSettings): ReturnType<TokenizerKind['make']> {
  const tokenizer = new Tokenizer(new models.BPE({ unkToken: '<unk>', fuseUnk: true, byteFallback: true }));
  if (settings.lowercase) tokenizer.normalizer = new normalizers.Lowercase();
  tokenizer.preTokenizer = new preTokenizers.Metaspace();
  tokenizer.decoder = new decoders.Sequence([
    new decoders.Replace('▁', ' '),
    new decoders.ByteFallback(),
    new decoders.Fuse(),
    new decoders.Strip({ start: 1 }),
  ]);
  const trainer = new trainers.BpeTrainer({
    specialTokens: withMore(['<unk>', '<s>', '</s>'], settings),
    ...told(settings, 'vocabSize', 'minFrequency', 'maxTokenLength', 'limitAlphabet'),
  });
  return { tokenizer, trainer };
}

/** BERT's, but for accents: those who write in small letters still tell ano from año. */
function wordPiece(settings: TokenizerSettings): ReturnType<TokenizerKind['make']> {
  const tokenizer = new Tokenizer(new models.WordPiece({ unkToken: '[UNK]' }));
  const { lowercase = false } = settings;
  tokenizer.normalizer = new normalizers.BertNormalizer({ lowercase, stripAccents: false });
  tokenizer.preTokenizer = new preTokenizers.BertPreTokenizer();
  tokenizer.decoder = new decoders.WordPiece();
  const specialTokens = withMore(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'], settings);
  // The trainer gives special tokens their ids in this order.
  const idOf = (token: string): number => specialTokens.indexOf(token);
  tokenizer.postProcessor = new postProcessors.BertProcessing(
    ['[SEP]', idOf('[SEP]')],
    ['[CLS]', idOf('[CLS]')],
  );
  const trainer = new trainers.WordPieceTrainer({
    specialTokens,
    ...told(settings, 'vocabSize', 'minFrequency', 'limitAlphabet'),
  });
  return { tokenizer, trainer };
}

/** Sentencepiece's other kind, as T5 and XLM-RoBERTa have it. */
function unigram(settings: TokenizerSettings): ReturnType<TokenizerKind['make']> {
  const { lowercase, byteFallback = false } = settings;
  const tokenizer = new Tokenizer(new models.Unigram({ vocab: [], byteFallback }));
  const nfkc = new normalizers.NFKC();
  tokenizer.normalizer = lowercase ? new normalizers.Sequence([nfkc, new normalizers.Lowercase()]) : nfkc;
  tokenizer.preTokenizer = new preTokenizers.Metaspace();
  tokenizer.decoder = byteFallback
    ? new decoders.Sequence([new decoders.ByteFallback(), new decoders.Metaspace()])
    : new decoders.Metaspace();
  const trainer = new trainers.UnigramTrainer({
    unkToken: '<unk>',
    specialTokens: withMore(['<unk>', '<s>', '</s>'], settings),
    ...told(settings, 'vocabSize'),
  });
  return { tokenizer, trainer };
}

function characters(settings: TokenizerSettings): ReturnType<TokenizerKind['make']> {
  const tokenizer = trainers.characterTokenizer();
  if (settings.lowercase) tokenizer.normalizer = new normalizers.Lowercase();
  const trainer = new trainers.WordLevelTrainer({
    specialTokens: withMore(['[UNK]'], settings),
    ...told(settings, 'vocabSize', 'minFrequency'),
  });
  return { tokenizer, trainer };
}

export const tokenizerKinds = {
  bpe: {
    takes: ['minFrequency', 'limitAlphabet', 'maxTokenLength', 'lowercase', 'byteFallback'],
    make: (settings) => (settings.byteFallback ? metaspaceBpe(settings) : byteLevelBpe(settings)),
  },
  wordpiece: { takes: ['minFrequency', 'limitAlphabet', 'lowercase'], make: wordPiece },
  unigram: { takes: ['lowercase', 'byteFallback'], make: unigram },
  characters: { takes: ['minFrequency', 'lowercase'], make: characters },
} as const satisfies Readonly<Record<string, TokenizerKind>>;

export type TokenizerKindName = keyof typeof tokenizerKinds;

export const tokenizerKindNames = Object.keys(tokenizerKinds) as TokenizerKindName[];
