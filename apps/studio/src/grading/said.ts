import { z } from 'zod';

const value = z.union([z.string().max(200), z.number(), z.nan(), z.literal(Infinity), z.literal(-Infinity)]);
/** Where in the answer: `[0][2]`, `.mean`; empty for the whole. */
const at = z.string().max(200);

/**
 * What a check complains of, without words: they are found in the language of whoever reads (`sayComplaint`). `what` is what the
 * exercise calls that which was looked at, when it looks at several things.
 */
export const said = z.discriminatedUnion('id', [
  z.object({ id: z.literal('differs'), found: value, expected: value, at, what: z.string().max(200) }),
  z.object({
    id: z.literal('length'),
    found: z.number(),
    expected: z.number(),
    at,
    what: z.string().max(200),
  }),
  /** A property that has to hold does not. */
  z.object({ id: z.literal('doesNotHold') }),
  /** A comparison or a value that the exercise notes, in no language: `3.4 < 3.1`. */
  z.object({ id: z.literal('note'), text: z.string().max(2000) }),
  /** The learner's code threw. */
  z.object({ id: z.literal('threw'), message: z.string().max(2000) }),
]);
export type Said = z.infer<typeof said>;

/** The same in signs that no language owns, for logs and tests: `2 ≠ 2.1 ([1])`. */
export function signs(complaint: Said): string {
  switch (complaint.id) {
    case 'differs':
    case 'length': {
      const { what, found, expected, at: place } = complaint;
      const length = complaint.id === 'length' ? 'length ' : '';
      return `${what && `${what}: `}${length}${found} ≠ ${expected}${place && ` (${place})`}`;
    }
    case 'doesNotHold':
      return 'false';
    case 'note':
      return complaint.text;
    case 'threw':
      return complaint.message;
  }
}
