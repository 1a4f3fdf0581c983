import type { Locale } from '../i18n/locale.ts';
import { catalog } from '../i18n/messages.ts';
import en from './plainWords.en.json';
import es from './plainWords.es.json';

const messages = catalog({ es, en });
type Id = keyof typeof es;

/** What engines and the library say, and which of our sentences says it in plain words. Names of groups are placeholders. */
const rules: readonly (readonly [RegExp, Id])[] = [
  [/Invalid (?:typed )?array length/, 'arrayLength'],
  [/^SyntaxError: Unexpected token, expected "(?<token>[^"]+)"/, 'expected'],
  [/^SyntaxError: Unterminated/, 'unterminated'],
  [/^SyntaxError: Unexpected/, 'unexpected'],
  [/reshape: (?<a>\[[\d, ]*\]) with (?<count>\d+) elements does not fit (?<b>\[[-\d, ]*\])/, 'reshape'],
  [/axis (?<axis>-?\d+) does not exist in a tensor of (?<rank>\d+) dimensions/, 'axis'],
  [/ragged data/, 'ragged'],
  [/expected an input \[\.\., (?<width>\d+)\], got (?<a>\[[\d, ]*\])/, 'features'],
  [/logits (?<a>\[[\d, ]*\]) and targets (?<b>\[[\d, ]*\]) do not fit/, 'targets'],
  [/logits (?<a>\[[\d, ]*\]) and probabilities (?<b>\[[\d, ]*\]) do not fit/, 'classes'],
  [/(?<a>\[[\d, ]*\]) and \w+ (?<b>\[[\d, ]*\]) do not fit; both must have one shape/, 'sameShape'],
  [/shape (?<a>\[[\d, ]*\]) and the first (?<b>\[[\d, ]*\]); all must have one shape/, 'sameShape'],
  [/must return one float number as a tensor/, 'oneNumber'],
  [/matmul.*?(?<a>\[[\d, ]*\]).*?(?<b>\[[\d, ]*\])/, 'matmul'],
  [/(?<a>\[[\d, ]*\])(?: and | y | with | to |.*?broadcast.*?)(?<b>\[[\d, ]*\])/, 'shapes'],
  [/Cannot access '(?<name>[^']+)' before initialization/, 'beforeDefined'],
  [/ReferenceError: (?<name>\S+) is not defined/, 'notDefined'],
  [/Assignment to constant variable|Cannot assign to "\w+" because it is a constant/, 'constant'],
  [/There is no module '(?<name>[^']+)'/, 'module'],
  [/Cannot read properties of undefined \(reading '(?<name>[^']+)'\)/, 'undefinedProperty'],
  [/Cannot read properties of null \(reading '(?<name>[^']+)'\)/, 'nullProperty'],
  [/(?<name>[\w.[\]()]+) is not a function/, 'notFunction'],
  [/(?<name>[\w.]+) is not iterable/, 'iterable'],
  [/is a promise|Promise/, 'promise'],
  [/Maximum call stack size exceeded/, 'stack'],
  [/JSON/, 'json'],
  [/NaNError|\bNaN\b/, 'nan'],
  [/RangeError:.*(?:out of range|out of bounds|index)/i, 'index'],
];

/** A failure's message in plain words; null where we have none that are truer than the message itself. */
export function inPlainWords(message: string, locale: Locale): string | null {
  for (const [pattern, id] of rules) {
    const match = pattern.exec(message);
    if (!match) continue;
    // Sucrase calls imports in a way of its own: `_lumbre.tensor.call`.
    const groups = Object.entries(match.groups ?? {}).map(([name, value]) => [
      name,
      value.replace(/^\(?0?,? ?_\w+?\d*\./, '').replace(/\)$/, ''),
    ]);
    return messages(locale)(id, Object.fromEntries(groups));
  }
  return null;
}

/** Two shapes that did not fit, as they can be drawn: axis above axis, with those marked that are at odds. */
export interface Misfit {
  readonly op: 'matmul' | 'broadcast' | 'same';
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** Counted from the right, from 0: the axes of each at which they do not fit. */
  readonly clash: { readonly a: readonly number[]; readonly b: readonly number[] };
}

const sides = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);
const two = /(?<a>\[[\d, ]*\]).*?(?<b>\[[\d, ]*\])/;

/** The shapes in a failure's message; null where it is not of two shapes that do not fit. */
export function misfitOf(message: string): Misfit | null {
  const groups = two.exec(message)?.groups;
  if (!groups) return null;
  const a = sides(groups.a ?? '');
  const b = sides(groups.b ?? '');
  if (a.length > 8 || b.length > 8) return null;
  const same = /must have one shape/.test(message);
  if (!same && !/matmul|broadcast/.test(message)) return null;
  if (message.includes('matmul')) {
    // As wide as the second is tall.
    const clashes = a.length > 0 && b.length > 1 && a.at(-1) !== b.at(-2);
    return clashes ? { op: 'matmul', a, b, clash: { a: [0], b: [1] } } : null;
  }
  const axes = Array.from({ length: Math.max(a.length, b.length) }, (_, axis) => axis).filter((axis) => {
    const [one, other] = [a[a.length - 1 - axis], b[b.length - 1 - axis]];
    if (one === other) return false;
    return same || (one !== undefined && other !== undefined && one !== 1 && other !== 1);
  });
  return axes.length > 0 ? { op: same ? 'same' : 'broadcast', a, b, clash: { a: axes, b: axes } } : null;
}
