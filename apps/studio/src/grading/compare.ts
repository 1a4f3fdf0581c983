import { clip } from '../cell/core/clip.ts';
import { isTensor } from '../cell/core/values.ts';
import { Complaint } from './complaint.ts';
import type { Said } from './said.ts';

export interface Closeness {
  readonly rtol?: number;
  readonly atol?: number;
}

/** Values as they are compared: tensors as nested lists, promises awaited. */
export async function settled(value: unknown): Promise<unknown> {
  const awaited = await value;
  if (isTensor(awaited)) return awaited.shape.length === 0 ? awaited.item() : awaited.array();
  if (ArrayBuffer.isView(awaited)) return Array.from(awaited as unknown as ArrayLike<number>);
  return awaited;
}

/** The same without waiting, for what is there. */
export function plain(value: unknown): unknown {
  if (isTensor(value)) return value.shape.length === 0 ? value.itemSync() : value.arraySync();
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  return value;
}

/** Where two values differ first; null when they are equal but for rounding. */
export function difference(
  found: unknown,
  expected: unknown,
  { rtol = 1e-4, atol = 1e-6, what = '' }: Closeness & { what?: string } = {},
): Said | null {
  const differs = (a: unknown, b: unknown, at: string): Said => ({
    ...{ id: 'differs', found: described(a), expected: described(b) },
    ...{ at: clip(at, 200), what: clip(what, 200) },
  });
  const visit = (a: unknown, b: unknown, at: string): Said | null => {
    if (typeof b === 'number') {
      const close =
        typeof a === 'number' && (Object.is(a, b) || a === b || Math.abs(a - b) <= atol + rtol * Math.abs(b));
      return close ? null : differs(a, b, at);
    }
    if (Array.isArray(b)) {
      if (!Array.isArray(a)) return differs(a, b, at);
      if (a.length !== b.length)
        return {
          id: 'length',
          found: a.length,
          expected: b.length,
          at: clip(at, 200),
          what: clip(what, 200),
        };
      return first(b.keys(), (i) => visit(a[i], b[i], `${at}[${i}]`));
    }
    if (b instanceof Map && a instanceof Map) return visit([...a], [...b], at);
    if (isRecord(a) && isRecord(b)) {
      const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
      return first(keys, (key) => visit(a[key], b[key], `${at}.${key}`));
    }
    return Object.is(a, b) ? null : differs(a, b, at);
  };
  return visit(plain(found), plain(expected), '');
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object';

/** The first that is found, of all that are looked through. */
function first<Item>(items: Iterable<Item>, find: (item: Item) => Said | null): Said | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

/** @throws Complaint with both sides */
export function assertClose(
  found: unknown,
  expected: unknown,
  options: Closeness & { what?: string } = {},
): void {
  const differs = difference(found, expected, options);
  if (differs !== null) throw new Complaint(differs, { found: plain(found), expected: plain(expected) });
}

/** A value as a complaint names it: numbers as numbers, rounded, and anything else as a short text. */
function described(value: unknown): string | number {
  if (typeof value === 'number') return Number(value.toPrecision(6));
  if (value === undefined) return 'undefined';
  if (typeof value === 'function') return 'function';
  return clip(JSON.stringify(value) ?? String(value), 60);
}
