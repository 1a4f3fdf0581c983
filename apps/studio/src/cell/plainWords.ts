import type { Locale } from '../i18n/locale.ts';
import { catalog } from '../i18n/messages.ts';
import en from './plainWords.en.json';
import es from './plainWords.es.json';

const messages = catalog({ es, en });
type Id = keyof typeof es;

/** What engines and the library say, and which of our sentences says it in plain words. Names of groups are placeholders. */
const rules: readonly (readonly [RegExp, Id])[] = [
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
