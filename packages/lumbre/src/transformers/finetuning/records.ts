import { z } from 'zod';
import { readCSV } from '../../data/table/index.ts';
import type { ChatMessage } from '../../tokenizers/index.ts';
import { FinetuneError } from './finetuneError.ts';

/** One thing to learn from, as it stands in a file. */
export type TextRecord =
  | { readonly kind: 'messages'; readonly messages: readonly ChatMessage[] }
  | { readonly kind: 'completion'; readonly prompt: string; readonly completion: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'label'; readonly text: string; readonly label: string };

const message = z.looseObject({ role: z.string(), content: z.unknown() });
const shapes = [
  z
    .object({ messages: z.array(message).min(1) })
    .transform(({ messages }) => ({ kind: 'messages' as const, messages })),
  z
    .object({ prompt: z.string(), completion: z.string() })
    .transform(({ prompt, completion }) => ({ kind: 'completion' as const, prompt, completion })),
  z
    .object({ text: z.string(), label: z.union([z.string(), z.number(), z.boolean()]) })
    .transform(({ text, label }) => ({ kind: 'label' as const, text, label: String(label) })),
  z.object({ text: z.string() }).transform(({ text }) => ({ kind: 'text' as const, text })),
];

const EXPECTED =
  'an object with "messages" (role and content each), with "prompt" and "completion", with "text" and "label", or with "text"';

/** @throws FinetuneError that names the line */
function readRecord(value: unknown, where: string): TextRecord {
  for (const shape of shapes) {
    const result = shape.safeParse(value);
    if (result.success) return result.data;
  }
  const names =
    typeof value === 'object' && value !== null ? Object.keys(value).slice(0, 10).join(', ') : typeof value;
  throw new FinetuneError(`${where}: expected ${EXPECTED}, got ${names || 'nothing'}.`);
}

function fromLines(content: string, name: string): TextRecord[] {
  return content.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === '') return [];
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw new FinetuneError(
        `${name}, line ${i + 1}: it is no JSON (${(error as Error).message}); expected one object a line.`,
      );
    }
    return [readRecord(value, `${name}, line ${i + 1}`)];
  });
}

const textColumns = new Set(['text', 'label', 'prompt', 'completion']);

function fromTable(content: string, name: string): TextRecord[] {
  const delimiter = name.toLowerCase().endsWith('.tsv') ? '\t' : ',';
  const options = { name, delimiter, missing: [] };
  const columns = readCSV(content, options).columnNames.filter((column) => textColumns.has(column));
  // As it stands there: numbers are labels and texts too.
  const types = Object.fromEntries(columns.map((column) => [column, 'string'] as const));
  const table = readCSV(content, { ...options, types });
  return table.records().map((row, i) => readRecord(row, `${name}, record ${i + 1}`));
}

/**
 * What a file has to learn from: `.jsonl` (one object a line), `.json` (an array of them), `.csv` and `.tsv` with the columns
 * `text` and `label`, `prompt` and `completion`, or `text`; anything else is one plain text.
 * @throws FinetuneError that names the line, where one is of another form, or records are not all of one
 */
export function readRecords(content: string, name: string): readonly TextRecord[] {
  const ending = /\.([^.]*)$/.exec(name)?.[1]?.toLowerCase();
  const records = ((): TextRecord[] => {
    if (ending === 'jsonl' || ending === 'ndjson') return fromLines(content, name);
    if (ending === 'csv' || ending === 'tsv') return fromTable(content, name);
    if (ending !== 'json') return content.trim() === '' ? [] : [{ kind: 'text', text: content }];
    let value: unknown;
    try {
      value = JSON.parse(content);
    } catch (error) {
      throw new FinetuneError(`${name}: it is no JSON (${(error as Error).message}).`);
    }
    if (!Array.isArray(value)) throw new FinetuneError(`${name}: expected an array of objects.`);
    return value.map((item, i) => readRecord(item, `${name}, element ${i + 1}`));
  })();
  const [first] = records;
  if (!first) throw new FinetuneError(`${name}: there is nothing in it to learn from.`);
  const other = records.findIndex(({ kind }) => kind !== first.kind);
  if (other > 0) {
    throw new FinetuneError(
      `${name}: record ${other + 1} is of the kind '${records[other]?.kind}' and the first of '${first.kind}'; they must all be of one.`,
    );
  }
  return records;
}
