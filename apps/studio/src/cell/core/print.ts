import type { Tensor } from 'lumbre';
import { isTable, isTensor } from './values.ts';

const MOST_ITEMS = 100;
const DEEPEST = 4;
const WIDTH = 72;

/** What `console.log` writes for some values, with one space between: as Node does it, tensors as NumPy does. */
export const printAll = (values: readonly unknown[]): string =>
  values.map((value) => (typeof value === 'string' ? value : print(value))).join(' ');

/** A value as text that a person can read. */
export function print(value: unknown, depth = 0, seen: readonly unknown[] = []): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return depth === 0 ? value : `'${value.replaceAll("'", "\\'")}'`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return value.name ? `[function ${value.name}]` : '[function]';
  if (isTensor(value)) return indent((value as Tensor).toString(), depth);
  if (isTable(value)) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (value instanceof Promise) return 'Promise {…}';
  if (seen.includes(value)) return '[circular]';
  if (depth > DEEPEST) return Array.isArray(value) ? '[…]' : '{…}';
  const inside = [...seen, value];
  const say = (item: unknown) => print(item, depth + 1, inside);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const items = Array.from(value as ArrayLike<unknown>)
      .slice(0, MOST_ITEMS)
      .map(say);
    const length = (value as ArrayLike<unknown>).length;
    if (length > MOST_ITEMS) items.push(`… ${length - MOST_ITEMS} more`);
    const kind = Array.isArray(value) ? '' : `${value.constructor.name}(${length}) `;
    return kind + group('[', items, ']');
  }
  if (value instanceof Map) {
    const items = [...value].slice(0, MOST_ITEMS).map(([key, item]) => `${say(key)} => ${say(item)}`);
    return `Map(${value.size}) ${group('{', items, '}')}`;
  }
  if (value instanceof Set)
    return `Set(${value.size}) ${group('{', [...value].slice(0, MOST_ITEMS).map(say), '}')}`;
  const name = value.constructor?.name;
  const items = Object.entries(value)
    .slice(0, MOST_ITEMS)
    .map(([key, item]) => `${/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? key : `'${key}'`}: ${say(item)}`);
  return (name && name !== 'Object' ? `${name} ` : '') + group('{', items, '}', ' ');
}

/** Items between brackets: on one line where they fit, and each on its own where they do not. */
function group(open: string, items: readonly string[], close: string, pad = ''): string {
  if (items.length === 0) return open + close;
  const line = `${open}${pad}${items.join(', ')}${pad}${close}`;
  if (line.length <= WIDTH && !line.includes('\n')) return line;
  // Short items, as numbers, fill the lines.
  if (items.every((item) => item.length <= 12)) {
    const lines: string[] = [];
    for (const item of items) {
      const last = lines.at(-1);
      if (last !== undefined && last.length + item.length + 2 <= WIDTH)
        lines[lines.length - 1] = `${last}, ${item}`;
      else lines.push(item);
    }
    return `${open}\n${lines.map((text) => `  ${text}`).join(',\n')}\n${close}`;
  }
  return `${open}\n${items.map((item) => `  ${item.replaceAll('\n', '\n  ')}`).join(',\n')}\n${close}`;
}

const indent = (text: string, depth: number): string => (depth === 0 ? text : text.replaceAll('\n', '\n  '));
