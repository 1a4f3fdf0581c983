import { isTensor } from '../cell/core/values.ts';
import { Complaint } from './complaint.ts';

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

/** Where two values differ, in words; null when they are equal but for rounding. */
export function difference(
  found: unknown,
  expected: unknown,
  { rtol = 1e-4, atol = 1e-6 }: Closeness = {},
): string | null {
  const visit = (a: unknown, b: unknown, path: string): string | null => {
    const where = path === '' ? '' : ` (${path})`;
    if (typeof b === 'number') {
      if (typeof a !== 'number') return `${describe(a)} ≠ ${b}${where}`;
      if (Number.isNaN(a) && Number.isNaN(b)) return null;
      if (a === b) return null;
      const close = Math.abs(a - b) <= atol + rtol * Math.abs(b);
      return close ? null : `${round(a)} ≠ ${round(b)}${where}`;
    }
    if (Array.isArray(b)) {
      if (!Array.isArray(a)) return `${describe(a)} ≠ ${describe(b)}${where}`;
      if (a.length !== b.length) return `length ${a.length} ≠ ${b.length}${where}`;
      for (const [i, item] of b.entries()) {
        const differs = visit(a[i], item, `${path}[${i}]`);
        if (differs !== null) return differs;
      }
      return null;
    }
    if (b instanceof Map && a instanceof Map) return visit([...a], [...b], path);
    if (b !== null && typeof b === 'object' && a !== null && typeof a === 'object') {
      const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
      for (const key of keys) {
        const differs = visit(
          (a as Record<string, unknown>)[key],
          (b as Record<string, unknown>)[key],
          `${path}.${key}`,
        );
        if (differs !== null) return differs;
      }
      return null;
    }
    return Object.is(a, b) ? null : `${describe(a)} ≠ ${describe(b)}${where}`;
  };
  return visit(plain(found), plain(expected), '');
}

/** @throws Complaint with both sides */
export function assertClose(
  found: unknown,
  expected: unknown,
  options: Closeness & { what?: string } = {},
): void {
  const differs = difference(found, expected, options);
  if (differs !== null)
    throw new Complaint(options.what ? `${options.what}: ${differs}` : differs, {
      found: plain(found),
      expected: plain(expected),
    });
}

const round = (value: number): string => String(Number(value.toPrecision(6)));

function describe(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'function') return 'function';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
