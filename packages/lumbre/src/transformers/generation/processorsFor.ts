import { type CompleteSettings, listOfTokens } from './generationConfig.ts';
import {
  ExponentialDecayLengthPenalty,
  ForcedBOSTokenLogitsProcessor,
  ForcedEOSTokenLogitsProcessor,
  MinLengthLogitsProcessor,
  MinNewTokensLengthLogitsProcessor,
  SuppressTokensAtBeginLogitsProcessor,
  SuppressTokensLogitsProcessor,
} from './processors/lengths.ts';
import {
  type LogitsFunction,
  type LogitsProcessor,
  LogitsProcessorList,
} from './processors/logitsProcessor.ts';
import { NoRepeatNGramLogitsProcessor, RepetitionPenaltyLogitsProcessor } from './processors/repetition.ts';
import {
  NoBadWordsLogitsProcessor,
  type PrefixAllowedTokensFn,
  PrefixConstrainedLogitsProcessor,
  SequenceBiasLogitsProcessor,
} from './processors/sequences.ts';
import {
  EpsilonLogitsWarper,
  EtaLogitsWarper,
  InfNanRemoveLogitsProcessor,
  LogitNormalization,
  MinPLogitsWarper,
  TemperatureLogitsWarper,
  TopHLogitsWarper,
  TopKLogitsWarper,
  TopPLogitsWarper,
  TypicalLogitsWarper,
} from './processors/warpers.ts';

export interface ProcessorOptions {
  /** Tokens of a prompt, padding included. */
  readonly promptLength: number;
  readonly maxLength: number;
  readonly prefixAllowedTokensFn?: PrefixAllowedTokensFn | undefined;
  readonly own?: readonly (LogitsProcessor | LogitsFunction)[] | undefined;
}

/** The processors that settings ask for, in the order of transformers (`_get_logits_processor`): those of one's own come before the warpers. */
export function processorsFor(settings: CompleteSettings, options: ProcessorOptions): LogitsProcessorList {
  const changes = [...always(settings, options), ...(options.own ?? [])];
  if (settings.doSample) changes.push(...warpers(settings));
  // Forbidding tokens changes the sum of probabilities, so this is last.
  if (settings.renormalizeLogits) changes.push(new LogitNormalization());
  return new LogitsProcessorList(changes);
}

function* always(settings: CompleteSettings, options: ProcessorOptions): Generator<LogitsProcessor> {
  const { promptLength, maxLength, prefixAllowedTokensFn } = options;
  const { minLength, minNewTokens, badWordsIds, forcedBosTokenId, beginSuppressTokens } = settings;
  const eos = listOfTokens(settings.eosTokenId);
  const forcedEos = listOfTokens(settings.forcedEosTokenId);
  if (settings.sequenceBias) yield new SequenceBiasLogitsProcessor(settings.sequenceBias);
  if (settings.repetitionPenalty !== 1)
    yield new RepetitionPenaltyLogitsProcessor(settings.repetitionPenalty);
  if (settings.noRepeatNgramSize > 0) yield new NoRepeatNGramLogitsProcessor(settings.noRepeatNgramSize);
  if (badWordsIds) yield new NoBadWordsLogitsProcessor(badWordsIds, eos);
  if (minLength !== null && minLength > 0 && eos.length > 0)
    yield new MinLengthLogitsProcessor(minLength, eos);
  if (minNewTokens !== null && minNewTokens > 0 && eos.length > 0) {
    yield new MinNewTokensLengthLogitsProcessor(promptLength, minNewTokens, eos);
  }
  if (prefixAllowedTokensFn) {
    yield new PrefixConstrainedLogitsProcessor(prefixAllowedTokensFn, settings.numBeams);
  }
  if (forcedBosTokenId !== null) yield new ForcedBOSTokenLogitsProcessor(forcedBosTokenId);
  if (forcedEos.length > 0) yield new ForcedEOSTokenLogitsProcessor(maxLength, forcedEos);
  if (settings.removeInvalidValues) yield new InfNanRemoveLogitsProcessor();
  if (settings.exponentialDecayLengthPenalty && eos.length > 0) {
    yield new ExponentialDecayLengthPenalty(settings.exponentialDecayLengthPenalty, eos, promptLength);
  }
  if (settings.suppressTokens) yield new SuppressTokensLogitsProcessor(settings.suppressTokens);
  if (beginSuppressTokens) {
    // A forced first token comes before the first that is chosen.
    const begin = promptLength > 1 || forcedBosTokenId === null ? promptLength : promptLength + 1;
    yield new SuppressTokensAtBeginLogitsProcessor(beginSuppressTokens, begin);
  }
}

function* warpers(settings: CompleteSettings): Generator<LogitsProcessor> {
  const { temperature, topK, topP, minP, topH, typicalP, epsilonCutoff, etaCutoff, numBeams } = settings;
  const eos = listOfTokens(settings.eosTokenId);
  // Beams need a token that is no end, to go on with.
  const keep = numBeams > 1 ? Math.max(eos.length, 1) + 1 : 1;
  if (temperature !== 1) yield new TemperatureLogitsWarper(temperature);
  if (topH !== null) yield new TopHLogitsWarper(topH);
  if (topK !== 0) yield new TopKLogitsWarper(topK, keep);
  if (topP < 1) yield new TopPLogitsWarper(topP, keep);
  if (minP !== null) yield new MinPLogitsWarper(minP, keep);
  if (typicalP < 1) yield new TypicalLogitsWarper(typicalP, keep);
  if (epsilonCutoff > 0) yield new EpsilonLogitsWarper(epsilonCutoff, keep);
  if (etaCutoff > 0) yield new EtaLogitsWarper(etaCutoff, keep);
}
