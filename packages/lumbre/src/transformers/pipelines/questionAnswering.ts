import { stack } from '../../tensor/combine.ts';
import type { Encoding } from '../../tokenizers/index.ts';
import type { QuestionAnswerer } from '../encoders/index.ts';
import { type BestSpans, bestSpans, spanOffsets } from './answerSpans.ts';
import type { PipelineTokenizer } from './pipelineTokenizer.ts';
import { type BatchOptions, batchesOf, fillingOf, inputsOf, longestRow, valuesOf } from './rows.ts';
import { checkTopK } from './scores.ts';

export interface Question {
  readonly question: string;
  /** The text that the answer is in. */
  readonly context: string;
}

export interface Answer {
  readonly score: number;
  /** Where the answer lies in the context, as `context.slice(start, end)` takes it. */
  readonly start: number;
  readonly end: number;
  /** What stands there; empty for "there is no answer". */
  readonly answer: string;
}

export interface QuestionAnsweringOptions extends BatchOptions {
  /** How many answers are told, best first. Default 1. */
  readonly topK?: number | undefined;
  /** How many tokens an answer has at most. Default 15. */
  readonly maxAnswerLen?: number | undefined;
  /** How many tokens of question and context are read at once. Default 384, or what the model reads. */
  readonly maxSeqLen?: number | undefined;
  /** How many tokens two windows of a long context share. Default 128, or half of `maxSeqLen`. */
  readonly docStride?: number | undefined;
  /** Whether "there is no answer" may be the answer. Default false. */
  readonly handleImpossibleAnswer?: boolean | undefined;
  /** Whether answers begin and end with words. Default true. */
  readonly alignToWords?: boolean | undefined;
}

/** The windows of each question, with which tokens an answer may be made of. */
interface Window {
  readonly question: number;
  readonly encoding: Encoding;
}

/** The best answers to each question. */
export async function answerQuestions(
  model: QuestionAnswerer,
  tokenizer: PipelineTokenizer,
  questions: readonly Question[],
  options: QuestionAnsweringOptions,
): Promise<Answer[][]> {
  const { topK = 1, maxAnswerLen = 15, handleImpossibleAnswer = false, alignToWords = true } = options;
  checkTopK(topK);
  if (!Number.isInteger(maxAnswerLen) || maxAnswerLen < 1) {
    throw new RangeError(
      `question-answering: maxAnswerLen must be a whole number from 1 up, not ${maxAnswerLen}.`,
    );
  }
  const longest = longestRow(model, tokenizer);
  const maxSeqLen = options.maxSeqLen ?? Math.min(longest, 384);
  const docStride = options.docStride ?? Math.min(Math.floor(maxSeqLen / 2), 128);
  if (docStride > maxSeqLen) {
    throw new RangeError(
      `question-answering: docStride ${docStride} is more than maxSeqLen ${maxSeqLen}; choose a smaller one.`,
    );
  }
  const questionFirst = tokenizer.paddingSide === 'right';
  const windows = questions.flatMap(({ question, context }, i): Window[] => {
    if (question === '' || context === '') {
      throw new RangeError(
        'question-answering: a question and a context must have characters; one of the two is empty.',
      );
    }
    const [text, pair] = questionFirst ? [question, context] : [context, question];
    const strategy = questionFirst ? 'only_second' : 'only_first';
    const encoding = tokenizer.encode(text, {
      pair,
      truncation: { maxLength: maxSeqLen, stride: docStride, strategy },
    });
    return [encoding, ...encoding.overflowing].map((one) => ({ question: i, encoding: one }));
  });
  const found = await spansOf(model, tokenizer, windows, {
    ...options,
    sequence: questionFirst ? 1 : 0,
    // Some are dropped when they are widened to words.
    count: alignToWords ? topK * 2 + 10 : topK,
    maxAnswerLen,
  });
  return questions.map(({ context }, i) => {
    const answers: { score: number; start: number; end: number; answer: string }[] = [];
    let noAnswer = 1_000_000;
    for (const [w, window] of windows.entries()) {
      if (window.question !== i) continue;
      const { spans, nullScore } = found[w] as BestSpans;
      noAnswer = Math.min(noAnswer, nullScore);
      for (const span of spans) {
        const [start, end] = spanOffsets(window.encoding, span, questionFirst ? 1 : 0, alignToWords);
        const answer = context.slice(start, end);
        const same = answers.find((one) => one.answer.toLowerCase() === answer.toLowerCase());
        if (same) same.score += span.score;
        else answers.push({ score: span.score, start, end, answer });
      }
    }
    if (handleImpossibleAnswer) answers.push({ score: noAnswer, start: 0, end: 0, answer: '' });
    return answers.sort((a, b) => b.score - a.score).slice(0, topK);
  });
}

interface SpanSettings extends BatchOptions {
  readonly sequence: number;
  readonly count: number;
  readonly maxAnswerLen: number;
}

async function spansOf(
  model: QuestionAnswerer,
  tokenizer: PipelineTokenizer,
  windows: readonly Window[],
  { sequence, count, maxAnswerLen, ...options }: SpanSettings,
): Promise<BestSpans[]> {
  const encodings = windows.map(({ encoding }) => encoding);
  const filling = fillingOf(model, tokenizer);
  const results: BestSpans[] = [];
  for (const batch of batchesOf(encodings, options)) {
    const logits = await valuesOf(() => {
      const { ids, context } = inputsOf(batch, filling);
      const { startLogits, endLogits } = model.forward(ids, context);
      return stack([startLogits, endLogits], 1);
    });
    for (const [row, i] of batch.indices.entries()) {
      const encoding = encodings[i] as Encoding;
      const of = (which: number) => {
        const begin = (2 * row + which) * batch.time;
        return Float64Array.from(logits.subarray(begin, begin + encoding.length));
      };
      const sequences = encoding.sequenceIds;
      const allowed = encoding.ids.map(
        (id, t) =>
          encoding.attentionMask[t] === 1 &&
          ((sequences[t] === sequence && encoding.specialTokensMask[t] === 0) || id === tokenizer.clsTokenId),
      );
      results[i] = bestSpans(of(0), of(1), allowed, { count, maxAnswerLen });
    }
  }
  return results;
}
