import type { Generator } from '../../tensor/generator.ts';
import { Drawing, likeliest, uniform } from '../generation/drawing.ts';
import { type CompleteSettings, listOfTokens } from '../generation/generationConfig.ts';
import type { SlotToken } from '../generation/index.ts';
import type { LogitsFunction, LogitsProcessor } from '../generation/processors/logitsProcessor.ts';
import { logSoftmaxInPlace } from '../generation/processors/probabilities.ts';
import { topIndices } from '../generation/processors/selection.ts';
import { processorsFor } from '../generation/processorsFor.ts';
import { Texts } from '../generation/texts.ts';

/** A text that is to be written. */
export interface RowRequest {
  readonly prompt: Int32Array;
  /** How: `maxLength` and `maxNewTokens` do not count. */
  readonly settings: CompleteSettings;
  /** Tokens at most, the prompt's included. */
  readonly maxLength: number;
  readonly generator: Generator;
  /** Changes of scores before temperature and its like. */
  readonly own?: readonly (LogitsProcessor | LogitsFunction)[] | undefined;
  /** Log probabilities are wanted: of the token, and of so many of the likeliest. */
  readonly logprobs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RowLogprobs {
  readonly logprob: number;
  readonly top: readonly { readonly token: number; readonly logprob: number }[];
}

export interface RowToken {
  readonly token: number;
  /** `stop` with a token that ends texts, which is no part of it; `length` with the last that there is room for. */
  readonly finishReason: 'stop' | 'length' | null;
  readonly logprobs: RowLogprobs | null;
}

/** One text as it grows: chooses its tokens, as `generate` does. */
export class TextRow {
  readonly request: RowRequest;
  readonly #texts: Texts;
  readonly #processor: LogitsProcessor;
  readonly #drawing = new Drawing();
  readonly #eosTokenIds: readonly number[];

  constructor(request: RowRequest) {
    const { prompt, settings, maxLength, own } = request;
    this.request = request;
    this.#texts = new Texts([prompt]);
    this.#processor = processorsFor(settings, { promptLength: prompt.length, maxLength, own });
    this.#eosTokenIds = listOfTokens(settings.eosTokenId);
  }

  /** The token that was chosen last. */
  lastIn(slot: number): SlotToken {
    return { slot, token: (this.#texts.rows()[0] as Int32Array).at(-1) as number };
  }

  /**
   * The next token.
   * @param scores what the model says of it; they are changed
   * @throws RangeError for scores that are no numbers
   */
  choose(scores: Float32Array): RowToken {
    const { settings, generator, logprobs, maxLength } = this.request;
    const original = logprobs === undefined ? null : scores.slice();
    this.#processor.process(this.#texts.rows(), [scores]);
    const token = settings.doSample
      ? this.#drawing.one(scores, uniform(generator.hostWords()))
      : likeliest(scores);
    this.#texts.append(Int32Array.of(token));
    return {
      token,
      finishReason: this.#eosTokenIds.includes(token)
        ? 'stop'
        : this.#texts.length >= maxLength
          ? 'length'
          : null,
      logprobs: original && logprobsOf(original, token, logprobs ?? 0),
    };
  }
}

function logprobsOf(scores: Float32Array, token: number, count: number): RowLogprobs {
  logSoftmaxInPlace('logprobs', scores);
  const best = count === 0 ? [] : topIndices(scores, Math.min(count, scores.length));
  return {
    logprob: scores[token] as number,
    top: Array.from(best, (id) => ({ token: id, logprob: scores[id] as number })),
  };
}
