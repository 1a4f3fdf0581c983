import { Generator } from '../../tensor/generator.ts';
import type { CausalModel } from '../causal/causalModel.ts';
import { CachedDecoder } from './cachedDecoder.ts';
import { type BatchDecoder, repeatRows } from './decoding.ts';
import type { GenerationCache } from './generationCache.ts';
import {
  type CompleteSettings,
  DEFAULT_NEW_TOKENS,
  type GenerationConfig,
  listOfTokens,
} from './generationConfig.ts';
import type { GenerationSettings } from './generationSettings.ts';
import { type InputIds, readPrompts } from './inputs.ts';
import type { LogitsFunction, LogitsProcessor } from './processors/logitsProcessor.ts';
import type { PrefixAllowedTokensFn } from './processors/sequences.ts';
import { processorsFor } from './processorsFor.ts';
import type { Writing } from './sampling.ts';
import {
  EosTokenCriteria,
  MaxLengthCriteria,
  MaxTimeCriteria,
  type StoppingCriteria,
  StoppingCriteriaList,
  type StoppingFunction,
  StopStringCriteria,
} from './stoppingCriteria.ts';
import type { TextTokenizer } from './textTokenizer.ts';
import { UncachedDecoder } from './uncachedDecoder.ts';

/** Told of each step's tokens, the prompts' first. */
export interface Streamer {
  /** @param tokens of one text: the prompt first, then one by one */
  put(tokens: Int32Array): void | Promise<void>;
  end(): void | Promise<void>;
}

/** Options of `generate`: settings, and what belongs to one call. */
export interface GenerateOptions extends GenerationSettings {
  /** Instead of the model's `generationConfig`. */
  readonly generationConfig?: GenerationConfig | undefined;
  /** 1 for tokens, 0 for padding: `tokenizer(…).attentionMask`. */
  readonly attentionMask?: InputIds | null | undefined;
  /** What has been read by earlier calls, to go on from. Not with beams or several texts a prompt. */
  readonly cache?: GenerationCache | undefined;
  /** For `stopStrings`. */
  readonly tokenizer?: TextTokenizer | undefined;
  /** More changes of scores: after those of the settings, before temperature, topK and their like. */
  readonly logitsProcessor?: readonly (LogitsProcessor | LogitsFunction)[] | undefined;
  /** More reasons to end. */
  readonly stoppingCriteria?: readonly (StoppingCriteria | StoppingFunction)[] | undefined;
  /** The tokens that may come after a text; no others do. */
  readonly prefixAllowedTokensFn?: PrefixAllowedTokensFn | undefined;
  /** Is given the tokens of a single text as they come. Not with beams. */
  readonly streamer?: Streamer | undefined;
  /** The same seed draws the same texts. Another each time unless given. */
  readonly seed?: number | undefined;
  /** What to draw from, instead of a seed. */
  readonly generator?: Generator | undefined;
  /** Ends the writing with its reason as an error. */
  readonly signal?: AbortSignal | undefined;
}

export interface Prepared {
  readonly settings: CompleteSettings;
  readonly writing: Writing;
  readonly maxLength: number;
}

/** Makes ready what options ask for. The decoder is the caller's to dispose of. */
export async function prepare(
  model: CausalModel,
  inputIds: InputIds | null | undefined,
  options: GenerateOptions,
): Promise<Prepared> {
  const config = options.generationConfig ?? model.generationConfig;
  const settings = config.complete(options);
  const eosTokenIds = listOfTokens(settings.eosTokenId);
  const { numBeams, numReturnSequences, bosTokenId } = settings;
  const prompts = await readPrompts(inputIds, {
    attentionMask: options.attentionMask,
    padTokenId: settings.padTokenId,
    eosTokenIds,
    bosTokenId,
  });
  const promptLength = (prompts.rows[0] as Int32Array).length;
  const maxLength = lengthLimit(model, settings, promptLength);
  const textsPerPrompt = numBeams > 1 ? numBeams : numReturnSequences;
  const { streamer, tokenizer, stoppingCriteria = [], signal, seed } = options;
  if (streamer && prompts.rows.length * textsPerPrompt > 1) {
    throw new RangeError(
      'generate: a streamer is for one text; one prompt, numBeams and numReturnSequences 1.',
    );
  }
  const criteria: (StoppingCriteria | StoppingFunction)[] = [new MaxLengthCriteria(maxLength)];
  if (settings.maxTime !== null) criteria.push(new MaxTimeCriteria(settings.maxTime));
  if (settings.stopStrings) {
    if (!tokenizer) throw new TypeError('generate: stopStrings need the tokenizer; pass it: { tokenizer }.');
    criteria.push(new StopStringCriteria(tokenizer, settings.stopStrings));
  }
  if (eosTokenIds.length > 0) criteria.push(new EosTokenCriteria(eosTokenIds));
  criteria.push(...stoppingCriteria);
  const makeDecoder = (): BatchDecoder => {
    if (options.cache) {
      if (textsPerPrompt > 1 || !settings.useCache) {
        throw new RangeError(
          'generate: a cache is for one text a prompt, with useCache; numBeams and numReturnSequences 1.',
        );
      }
      return options.cache.decoderFor(model, prompts.rows.length, maxLength);
    }
    return settings.useCache
      ? new CachedDecoder(model, { textsPerPrompt, maxLength })
      : new UncachedDecoder(model, { textsPerPrompt });
  };
  const writing: Writing = {
    decoder: makeDecoder(),
    prompts,
    texts: repeatRows(prompts.rows, textsPerPrompt),
    processor: processorsFor(settings, {
      promptLength,
      maxLength,
      prefixAllowedTokensFn: options.prefixAllowedTokensFn,
      own: options.logitsProcessor,
    }),
    criteria: new StoppingCriteriaList(criteria),
    eosTokenIds,
    padTokenId: settings.padTokenId ?? eosTokenIds[0] ?? null,
    doSample: settings.doSample,
    generator: options.generator ?? new Generator(seed),
    signal,
    keepLogits: settings.returnDictInGenerate && settings.outputLogits,
    keepScores: settings.returnDictInGenerate && settings.outputScores,
  };
  return { settings, writing, maxLength };
}

/**
 * How long texts become at most, the prompt included.
 * @throws RangeError when the prompt is that long already, or the model has not so many positions.
 */
function lengthLimit(
  model: CausalModel,
  { maxLength, maxNewTokens }: CompleteSettings,
  promptLength: number,
): number {
  const { maxPositions } = model;
  const { name } = model.constructor;
  // The last token is written and never read, so that a text may be one longer than a model has positions.
  const readable = maxPositions + 1;
  if (promptLength > maxPositions) {
    throw new RangeError(
      `generate: the prompt has ${promptLength} tokens, and ${name} has ${maxPositions} positions; shorten it.`,
    );
  }
  if (maxNewTokens === null && maxLength === null) {
    const limit = Math.min(promptLength + DEFAULT_NEW_TOKENS, maxPositions);
    return Math.max(limit, Math.min(promptLength + 1, readable));
  }
  const limit = maxNewTokens === null ? (maxLength as number) : promptLength + maxNewTokens;
  if (limit <= promptLength) {
    throw new RangeError(
      `generate: the prompt has ${promptLength} tokens and maxLength is ${maxLength}; set maxNewTokens, or a larger maxLength.`,
    );
  }
  if (limit > readable) {
    const asked = maxNewTokens === null ? `maxLength is ${maxLength}` : `maxNewTokens is ${maxNewTokens}`;
    throw new RangeError(
      `generate: the prompt has ${promptLength} tokens and ${asked}, but ${name} has ${maxPositions} positions; ` +
        `at most ${readable - promptLength} new tokens fit.`,
    );
  }
  return limit;
}
