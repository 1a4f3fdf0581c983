import type { AddedToken } from '../addedToken.ts';
import { Unigram } from '../models/unigram.ts';
import { ByteLevel } from '../preTokenizers/byteLevel.ts';
import type { PreTokenizer } from '../preTokenizers/preTokenizer.ts';
import { Sequence } from '../preTokenizers/sequence.ts';
import { Tokenizer } from '../tokenizer.ts';
import type { TrainingTexts } from './countWords.ts';
import { contentOf, type SpecialToken } from './trainer.ts';
import { type BpeTrainerOptions, trainerOf, type UnigramTrainerOptions } from './trainers.ts';
import { type TrainTokenizerOptions, trainTokenizer } from './trainTokenizer.ts';

export interface RetrainOptions
  extends TrainTokenizerOptions,
    Omit<BpeTrainerOptions & UnigramTrainerOptions, 'specialTokens'> {
  /** Tokens in all. */
  readonly vocabSize: number;
  /** Special tokens beside those that the tokenizer has. */
  readonly newSpecialTokens?: readonly SpecialToken[];
}

/**
 * A new tokenizer with the stages, the special tokens and the settings of another one, whose model is learned from new texts:
 * `train_new_from_iterator` of Hugging Face's `transformers`.
 *
 * @throws RangeError for options of the trainer; the reason of `signal` once it is aborted
 */
export async function retrain(
  tokenizer: Tokenizer,
  texts: TrainingTexts,
  { newSpecialTokens = [], length, onProgress, signal, ...options }: RetrainOptions,
): Promise<Tokenizer> {
  const { added_tokens: _, post_processor: postProcessor, model, ...stages } = tokenizer.toJSON();
  const settings = emptied(model as Record<string, unknown>);
  const fresh = Tokenizer.fromJSON({ ...stages, model: settings });
  const trainer = trainerOf(tokenizer.model, {
    ...(hasBytes(tokenizer.preTokenizer) && { initialAlphabet: ByteLevel.alphabet() }),
    ...options,
    specialTokens: keptTokens(tokenizer, newSpecialTokens),
  });
  await trainTokenizer(fresh, texts, trainer, {
    ...(length !== undefined && { length }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  const added = [...tokenizer.addedTokens].sort(([a], [b]) => a - b).map(([, token]) => token);
  fresh.addTokens(added.filter(({ special }) => !special));
  if (postProcessor === null) return fresh;
  return Tokenizer.fromJSON({ ...fresh.toJSON(), post_processor: withIds(postProcessor, fresh) });
}

/** The settings of a model without what it has learned. */
function emptied(model: Record<string, unknown>): Record<string, unknown> {
  switch (model.type) {
    case 'Unigram':
      return { ...model, vocab: [], unk_id: null };
    case 'BPE':
      return { ...model, vocab: {}, merges: [] };
    default:
      return { ...model, vocab: {} };
  }
}

/** The special tokens of a tokenizer, those of its model among them, and new ones, each once. */
function keptTokens({ addedTokens, model }: Tokenizer, more: readonly SpecialToken[]): SpecialToken[] {
  const kept = new Map<string, SpecialToken>();
  const ofModel = 'unkToken' in model && typeof model.unkToken === 'string' ? [model.unkToken] : [];
  const ordered = [...addedTokens].sort(([a], [b]) => a - b).map(([, token]): AddedToken => token);
  for (const token of [...ordered.filter(({ special }) => special), ...more]) {
    if (!kept.has(contentOf(token))) kept.set(contentOf(token), token);
  }
  // Unigram's trainer knows the unknown token itself, and puts it first.
  if (!(model instanceof Unigram)) {
    for (const token of ofModel) if (!kept.has(token)) kept.set(token, token);
  }
  return [...kept.values()];
}

/** Whether words are written in bytes, all of which the vocabulary then has to have. */
const hasBytes = (preTokenizer: PreTokenizer | null): boolean =>
  preTokenizer instanceof ByteLevel ||
  (preTokenizer instanceof Sequence && preTokenizer.preTokenizers.some(hasBytes));

/** A post-processor's JSON with the new ids of the tokens that it names, next to their names: `["[SEP]", 3]` and templates. */
function withIds(json: unknown, tokenizer: Tokenizer): unknown {
  const idOf = (token: string): number => {
    const id = tokenizer.tokenToId(token);
    if (id !== undefined) return id;
    throw new RangeError(
      `The post-processor puts the token ${JSON.stringify(token)} around texts, and the new vocabulary does not have it. ` +
        'Name it among newSpecialTokens, or take the post-processor away.',
    );
  };
  if (Array.isArray(json)) {
    const [token, id] = json as unknown[];
    if (json.length === 2 && typeof token === 'string' && typeof id === 'number') return [token, idOf(token)];
    return json.map((item) => withIds(item, tokenizer));
  }
  if (json === null || typeof json !== 'object') return json;
  const { ids, tokens } = json as { readonly ids?: unknown; readonly tokens?: unknown };
  if (Array.isArray(ids) && Array.isArray(tokens))
    return { ...json, ids: tokens.map((token) => idOf(String(token))) };
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, withIds(value, tokenizer)]));
}
