import { formatShape } from '../../graph/shape.ts';
import { formatBytes } from '../../tensor/explain.ts';
import type { Summary, SummaryRow } from './summary.ts';

/** 1234567 as 1,234,567. */
const formatCount = (value: number): string => value.toLocaleString('en-US');

/** A number of operations for people: 1.23 M. */
function formatOperations(value: number): string {
  const units = ['', ' k', ' M', ' G', ' T', ' P'];
  const unit = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), units.length - 1);
  return `${unit === 0 ? value : (value / 1000 ** unit).toFixed(2)}${units[unit]}`;
}

/** The branches of the tree in front of each row, and a name with the class. */
function labels(rows: readonly SummaryRow[]): string[] {
  // Read from the end, a row is the last of its siblings if none of its depth came since its parent.
  const open: boolean[] = [];
  const result: string[] = [];
  for (const { name, type, depth } of [...rows].reverse()) {
    open.length = Math.min(open.length, depth + 1);
    const stems = Array.from({ length: Math.max(depth - 1, 0) }, (_, i) => (open[i + 1] ? '│  ' : '   '));
    const branch = depth === 0 ? '' : open[depth] ? '├─ ' : '└─ ';
    const own = depth === 0 ? type : `${localName(name, rows)}: ${type}`;
    result.push(`${stems.join('')}${branch}${own}`);
    open[depth] = true;
  }
  return result.reverse();
}

/** The name less that of the module around it: `h.0` stays whole where h is an array. */
function localName(name: string, rows: readonly SummaryRow[]): string {
  let longest = '';
  for (const { name: other } of rows) {
    if (other.length > longest.length && name.startsWith(`${other}.`)) longest = other;
  }
  return longest === '' ? name : name.slice(longest.length + 1);
}

function parametersOf({ parameters, tiedParameters, trainableParameters, repeated }: SummaryRow): string {
  if (repeated) return 'shared';
  if (parameters === 0) return tiedParameters > 0 ? 'tied' : '-';
  return `${formatCount(parameters)}${trainableParameters === 0 ? ' frozen' : ''}`;
}

const shapesOf = ({ outputShapes, calls, type }: SummaryRow): string => {
  if (outputShapes.length > 0) return outputShapes.map(formatShape).join(', ');
  return calls === 0 && type !== 'ModuleList' && type !== 'ModuleDict' ? 'not used' : '-';
};

/** A table in the manner of Keras's and torchinfo's. */
export function formatSummary(summary: Omit<Summary, 'toString'>, depth: number): string {
  const rows = summary.rows.filter((row) => row.depth <= depth);
  const names = labels(rows);
  const table = [
    ['Module', 'Output', 'Parameters', 'Multiply-adds', 'Activations'],
    ...rows.map((row, i) => [
      names[i] as string,
      `${shapesOf(row)}${row.calls > 1 ? ` × ${row.calls}` : ''}`,
      parametersOf(row),
      row.multiplyAdds === 0 ? '-' : formatOperations(row.multiplyAdds),
      row.activationBytes === 0 ? '-' : formatBytes(row.activationBytes),
    ]),
  ];
  const widths = (table[0] as string[]).map((_, column) =>
    Math.max(...table.map((cells) => (cells[column] as string).length)),
  );
  const lines = table.map((cells) =>
    cells
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number),
      )
      .join('  ')
      .trimEnd(),
  );
  const rule = '─'.repeat(widths.reduce((total, width) => total + width + 2, -2));
  const { parameters, trainableParameters, frozenParameters } = summary;
  const memory = [
    ['parameters', summary.parameterBytes],
    ['buffers', summary.bufferBytes],
    ['inputs', summary.inputBytes],
    ['activations', summary.activationBytes],
  ] as const;
  const parts = memory
    .filter(([, bytes]) => bytes > 0)
    .map(([what, bytes]) => `${what} ${formatBytes(bytes)}`);
  return [
    lines[0],
    rule,
    ...lines.slice(1),
    rule,
    `Parameters: ${formatCount(parameters)} (${formatCount(trainableParameters)} trainable, ${formatCount(frozenParameters)} frozen)`,
    `Multiply-adds: ${formatOperations(summary.multiplyAdds)}`,
    `Memory: ${formatBytes(summary.totalBytes)} (${parts.join(', ')})`,
  ].join('\n');
}
