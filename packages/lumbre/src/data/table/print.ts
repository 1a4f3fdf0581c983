import type { Value } from './values.ts';

const MOST_DECIMALS = 6;

/** The numbers of a column with equally many decimals, at most six. */
function formatColumn(values: readonly Value[]): string[] {
  const numbers = values.filter(
    (value): value is number => typeof value === 'number' && Number.isFinite(value),
  );
  const isLarge = numbers.some((value) => Math.abs(value) >= 1e15 || (value !== 0 && Math.abs(value) < 1e-5));
  const decimals = numbers.reduce((most, value) => {
    const [, fraction = ''] = value.toFixed(MOST_DECIMALS).replace(/0+$/, '').split('.');
    return Math.max(most, fraction.length);
  }, 0);
  return values.map((value) => {
    if (value === null) return 'NaN';
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
      return isLarge ? value.toExponential(MOST_DECIMALS) : value.toFixed(decimals);
    }
    if (value instanceof Date) return value.toISOString().replace('T00:00:00.000Z', '');
    const text = String(value).replaceAll('\n', '\\n');
    return text.length > 50 ? `${text.slice(0, 49)}…` : text;
  });
}

/** Columns as lines of text, right-aligned, each row after its number: what pandas prints. */
export function formatTable(
  columns: readonly (readonly [string, readonly Value[]])[],
  rowNumbers: readonly number[],
): string {
  const index = ['', ...rowNumbers.map(String)];
  const cells = columns.map(([name, values]) => [name, ...formatColumn(values)]);
  const widthOf = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
  const indexWidth = widthOf(index);
  const widths = cells.map(widthOf);
  return index
    .map((number, row) =>
      [
        number.padEnd(indexWidth),
        ...cells.map((column, i) => (column[row] as string).padStart(widths[i] as number)),
      ]
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
