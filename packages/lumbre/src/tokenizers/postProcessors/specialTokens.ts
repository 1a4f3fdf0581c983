import { Encoding } from '../encoding.ts';

/** A token and its id. */
export type SpecialToken = readonly [token: string, id: number];

/** An encoding of special tokens alone. */
export function specialEncoding(ids: readonly number[], tokens: readonly string[], typeId: number): Encoding {
  return new Encoding({
    ids: [...ids],
    typeIds: ids.map(() => typeId),
    tokens: [...tokens],
    wordIds: ids.map(() => null),
    offsets: ids.map(() => [0, 0]),
    specialTokensMask: ids.map(() => 1),
    attentionMask: ids.map(() => 1),
  });
}

/** A text between special tokens, and what overflows of it likewise. */
export function surrounded(
  encoding: Encoding,
  before: SpecialToken | null,
  after: SpecialToken,
  typeId: number,
  sequence: number,
): Encoding {
  const wrap = (text: Encoding): Encoding => {
    const whole = new Encoding();
    if (before) whole.merge(specialEncoding([before[1]], [before[0]], typeId));
    const from = whole.length;
    const alone = text.clone();
    alone.overflowing = [];
    alone.sequenceRanges.clear();
    alone.specialTokensMask.fill(0);
    alone.attentionMask.fill(1);
    whole.merge(alone);
    whole.sequenceRanges.set(sequence, [from, whole.length]);
    whole.merge(specialEncoding([after[1]], [after[0]], typeId));
    return whole;
  };
  const whole = wrap(encoding);
  whole.overflowing = encoding.overflowing.map(wrap);
  return whole;
}
