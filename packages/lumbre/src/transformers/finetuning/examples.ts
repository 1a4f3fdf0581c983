import type { PreTrainedTokenizer } from '../../tokenizers/index.ts';
import { IGNORED_LABEL } from '../causal/causalModel.ts';
import { chatText, type Span } from './chatSpans.ts';
import { FinetuneError } from './finetuneError.ts';
import type { TextRecord } from './records.ts';

/** Tokens, and which of them are learned: a label is the token itself, or -100. */
export interface Example {
  readonly ids: readonly number[];
  readonly labels: readonly number[];
}

export interface TokenizedRecords {
  readonly examples: readonly Example[];
  /** How many records were longer than `maxLength`, and lost their end. */
  readonly truncated: number;
  /** How many had nothing left to learn after that, and were left out. */
  readonly empty: number;
}

/** The tokens of a text, learned where they begin within one of the spans. */
function tokens(
  tokenizer: PreTrainedTokenizer,
  text: string,
  spans: readonly Span[],
  { special, end }: { readonly special: boolean; readonly end: boolean },
): Example {
  const { inputIds, offsetsMapping, specialTokensMask } = tokenizer(text, {
    addSpecialTokens: special,
    truncation: false,
    returnOffsetsMapping: true,
    returnSpecialTokensMask: true,
  });
  const ids = [...inputIds];
  const labels = ids.map((id, i) => {
    const [start, stop] = offsetsMapping?.[i] ?? [0, 0];
    const added = specialTokensMask?.[i] === 1 && start === stop;
    const learned = !added && spans.some(([from, to]) => start >= from && stop <= to && start < to);
    return learned ? id : IGNORED_LABEL;
  });
  const eos = tokenizer.eosTokenId;
  if (end && eos !== null) {
    // Where a text ends is learned too.
    if (ids.at(-1) !== eos) ids.push(eos);
    labels[ids.length - 1] = eos;
  }
  return { ids, labels };
}

const cut = ({ ids, labels }: Example, start: number, length: number): Example => ({
  ids: ids.slice(start, start + length),
  labels: labels.slice(start, start + length),
});

/** Whether a loss can be made: the first token follows nothing. */
const teaches = ({ labels }: Example): boolean => labels.some((label, i) => i > 0 && label !== IGNORED_LABEL);

/**
 * Records as tokens. Of conversations and completions what is longer than `maxLength` loses its end; plain texts are cut into
 * pieces, none of which is lost.
 * @throws FinetuneError for records of classifiers, and when there is nothing to learn
 */
export function tokenizeRecords(
  tokenizer: PreTrainedTokenizer,
  records: readonly TextRecord[],
  maxLength: number,
): TokenizedRecords {
  let truncated = 0;
  let empty = 0;
  const examples = records.flatMap((record, i): Example[] => {
    if (record.kind === 'text') {
      const all = tokens(tokenizer, record.text, [[0, record.text.length]], { special: true, end: true });
      const pieces = Array.from({ length: Math.ceil(all.ids.length / maxLength) }, (_, n) =>
        cut(all, n * maxLength, maxLength),
      );
      return pieces.filter(teaches);
    }
    if (record.kind === 'label') {
      throw new FinetuneError(
        'The data have labels, which a classifier learns; for a model that writes give texts without.',
      );
    }
    const whole = ((): Example => {
      if (record.kind === 'messages') {
        const { text, answers } = chatText(tokenizer, record.messages, `record ${i + 1}`);
        return tokens(tokenizer, text, answers, { special: false, end: false });
      }
      const text = record.prompt + record.completion;
      return tokens(tokenizer, text, [[record.prompt.length, text.length]], { special: true, end: true });
    })();
    if (whole.ids.length > maxLength) truncated++;
    const example = cut(whole, 0, maxLength);
    if (teaches(example)) return [example];
    empty++;
    return [];
  });
  if (examples.length === 0) {
    throw new FinetuneError(
      `Nothing is left to learn of ${records.length} records at maxLength ${maxLength}: all that is to be learned lies behind. ` +
        'Raise maxLength.',
    );
  }
  return { examples, truncated, empty };
}
