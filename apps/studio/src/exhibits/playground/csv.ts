import { type DataPoint, MOST_CLASSES, MOST_POINTS } from './state.ts';

/** The longest text that is looked at, in letters. */
export const MOST_CSV = 300_000;

/** Points that somebody brought, or why they cannot be read: ids of messages. */
export type CsvResult =
  | {
      readonly ok: true;
      readonly points: readonly DataPoint[];
      readonly task: 'classes' | 'values';
      /** The names of the classes, in the order of their numbers. */
      readonly classes: readonly string[];
      /** Rows that were no points, and rows past the most that fit. */
      readonly skipped: number;
      readonly cut: number;
    }
  | { readonly ok: false; readonly reason: 'csvTooLong' | 'csvEmpty' | 'csvClasses' | 'csvOneClass' };

/**
 * Reads `x, y, class` or `x, y, value` a line, parted by commas, semicolons or tabs, with a line of titles or without, with
 * decimal points, or commas where those do not part. Anything may be in it: what is not two finite numbers and a third
 * thing is skipped. x and y are moved and scaled into the picture together with what they are next to.
 */
export function readCsv(text: string): CsvResult {
  if (text.length > MOST_CSV) return { ok: false, reason: 'csvTooLong' };
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  const separator = separatorOf(lines);
  const rows: { x: number; y: number; label: string }[] = [];
  let [skipped, cut] = [0, 0];
  lines.forEach((line, i) => {
    if (line.trim() === '') return;
    const cells = line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    const [x, y] = [numberOf(cells[0], separator), numberOf(cells[1], separator)];
    const label = (cells[2] ?? '').slice(0, 40);
    if (x === null || y === null || label === '') {
      if (i > 0) skipped++;
    } else if (rows.length >= MOST_POINTS) cut++;
    else rows.push({ x, y, label });
  });
  if (rows.length < 2) return { ok: false, reason: 'csvEmpty' };

  const names = [...new Set(rows.map(({ label }) => label))];
  const values = rows.map(({ label }) => numberOf(label, separator));
  const numeric = values.every((value) => value !== null);
  const task = numeric && names.length > MOST_CLASSES ? 'values' : 'classes';
  if (task === 'classes' && names.length > MOST_CLASSES) return { ok: false, reason: 'csvClasses' };
  if (task === 'classes' && names.length < 2) return { ok: false, reason: 'csvOneClass' };
  const classes = task === 'classes' ? names.sort((a, b) => a.localeCompare(b, 'es', { numeric: true })) : [];
  const [scaleX, scaleY, scaleValue] = [
    scaleOf(rows.map(({ x }) => x)),
    scaleOf(rows.map(({ y }) => y)),
    scaleOf(values.map((value) => value ?? 0)),
  ];
  const points = rows.map(
    ({ x, y, label }, i): DataPoint => [
      scaleX(x),
      scaleY(y),
      task === 'classes' ? classes.indexOf(label) : scaleValue(values[i] as number),
    ],
  );
  return { ok: true, points, task, classes, skipped, cut };
}

/** What parts the cells: that of tab, semicolon and comma which the first lines have in common. */
function separatorOf(lines: readonly string[]): string {
  const sample = lines.filter((line) => line.trim() !== '').slice(0, 20);
  return ['\t', ';', ','].find((mark) => sample.every((line) => line.split(mark).length >= 3)) ?? ',';
}

function numberOf(text: string | undefined, separator: string): number | null {
  const plain = separator === ',' ? (text ?? '') : (text ?? '').replace(',', '.');
  if (!/^[-+−]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$/i.test(plain)) return null;
  const value = Number(plain.replace('−', '-'));
  return Number.isFinite(value) ? value : null;
}

/** From the range of the values to -0.9 … 0.9. */
function scaleOf(values: readonly number[]): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // Halved before they are subtracted: the range of two finite numbers may not be one.
  const half = high / 2 - low / 2;
  return (value) => (half > 0 ? Math.round(900 * ((value / 2 - low / 2 - half / 2) / (half / 2))) / 1000 : 0);
}
