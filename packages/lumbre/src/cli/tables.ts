/** Which side of its column a cell stands at: words left, figures right. */
export type Side = 'left' | 'right';

const length = (text: string): number => [...text].length;

/** Rows of cells as lines, in columns as wide as they have to be. */
export function tableOf(rows: readonly (readonly string[])[], sides: readonly Side[]): string[] {
  const widths = sides.map((_, column) => Math.max(0, ...rows.map((row) => length(row[column] ?? ''))));
  return rows.map((row) =>
    sides
      .map((side, column) => {
        const text = row[column] ?? '';
        const room = ' '.repeat((widths[column] as number) - length(text));
        return side === 'left' ? text + room : room + text;
      })
      .join('  ')
      .trimEnd(),
  );
}
