import { makeBreather } from '../../platform/breathe.ts';
import type { Generator } from '../../tensor/generator.ts';
import type { BatchDecoder, Prompts } from './decoding.ts';
import { Drawing, likeliest, uniform } from './drawing.ts';
import type { LogitsProcessor } from './processors/logitsProcessor.ts';
import type { StoppingCriteria } from './stoppingCriteria.ts';
import { Texts } from './texts.ts';

/** All that writing needs, made ready from options. */
export interface Writing {
  readonly decoder: BatchDecoder;
  readonly prompts: Prompts;
  /** The prompts of all texts, one row each. */
  readonly texts: readonly Int32Array[];
  readonly processor: LogitsProcessor;
  readonly criteria: StoppingCriteria;
  readonly eosTokenIds: readonly number[];
  /** What ended texts are filled with; null where there is nothing to fill with. */
  readonly padTokenId: number | null;
  readonly doSample: boolean;
  readonly generator: Generator;
  readonly signal: AbortSignal | undefined;
  readonly keepLogits: boolean;
  readonly keepScores: boolean;
}

/** What one step of writing gives. */
export interface Step {
  /** The next token of each text; padding for those at their end. */
  readonly tokens: Int32Array;
  /** Whether a text is at its end, with this token or before. */
  readonly finished: readonly boolean[];
  /** What the model said, and what became of that: the rows of all texts, where it was asked for. */
  readonly logits: readonly Float32Array[] | null;
  readonly scores: readonly Float32Array[] | null;
}

const copied = (rows: readonly Float32Array[]): Float32Array[] => rows.map((row) => row.slice());

/** Writes texts token by token: the likeliest, or drawn by chance. */
export async function* writeTexts(writing: Writing): AsyncGenerator<Step, void, undefined> {
  const { decoder, processor, criteria, doSample, generator, signal, padTokenId } = writing;
  const breathe = makeBreather();
  const drawing = new Drawing();
  const texts = new Texts(writing.texts);
  let finished = writing.texts.map(() => false);
  let scores = await decoder.start(writing.prompts);
  for (;;) {
    signal?.throwIfAborted();
    const logits = writing.keepLogits ? copied(scores) : null;
    processor.process(texts.rows(), scores);
    const word = doSample ? generator.hostWords() : null;
    const choose = (row: Float32Array) => (word ? drawing.one(row, uniform(word)) : likeliest(row));
    const tokens = Int32Array.from(scores, (row, i) =>
      finished[i] && padTokenId !== null ? padTokenId : choose(row),
    );
    texts.append(tokens);
    const done = criteria.isDone(texts.rows());
    finished = finished.map((before, i) => before || done[i] === true);
    yield { tokens, finished, logits, scores: writing.keepScores ? copied(scores) : null };
    if (finished.every(Boolean)) return;
    await breathe();
    scores = await decoder.next(tokens);
  }
}
