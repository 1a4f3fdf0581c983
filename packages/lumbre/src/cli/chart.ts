import type { Format } from './format.ts';
import type { Theme } from './theme.ts';

export interface Point {
  readonly step: number;
  readonly loss: number;
}

export interface LossChart {
  readonly training: readonly Point[];
  readonly validation: readonly Point[];
  /** Where the horizontal axis ends: the training's last step. */
  readonly steps: number;
  /** Size in characters, axes included. */
  readonly width: number;
  readonly height: number;
}

/** A Braille character has two columns of four dots; these are the bits of its dots, row by row. */
const brailleBits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const brailleBlank = 0x2800;
const dotColumns = 2;
const dotRows = 4;

export const glyphs = { validation: '◆', tip: '●' } as const;

/** Half of the room between two round numbers: 0.1, 0.2, 0.5, 1, 2, 5, … that divides `span` into at most `parts`. */
function roundStep(span: number, parts: number): number {
  const rough = span / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly tick: number;
}

/** Round ends around all losses. */
function scaleOf(losses: readonly number[], ticks: number): Scale {
  const finite = losses.filter(Number.isFinite);
  const least = Math.min(...finite);
  const most = Math.max(...finite);
  const tick = roundStep(Math.max(most - least, 0.1), ticks);
  const low = Math.floor(least / tick + 1e-9) * tick;
  return { low, high: Math.max(Math.ceil(most / tick - 1e-9) * tick, low + tick), tick };
}

/** One mean loss for each column of dots that has steps; NaN where there are none. */
function columnMeans(
  points: readonly Point[],
  columns: number,
  columnOf: (step: number) => number,
): number[] {
  const sums = new Float64Array(columns);
  const counts = new Float64Array(columns);
  for (const { step, loss } of points) {
    if (!Number.isFinite(loss)) continue;
    const column = columnOf(step);
    sums[column]! += loss;
    counts[column]! += 1;
  }
  return Array.from(sums, (sum, column) => (counts[column]! > 0 ? sum / counts[column]! : Number.NaN));
}

/**
 * Draws the loss so far: the training loss as a line with its tip alight, the validation losses as diamonds.
 * @returns `height` lines, none wider than `width` characters; none at all where there is no room or nothing to draw.
 */
export function drawLossChart(chart: LossChart, theme: Theme, format: Format): string[] {
  const { training, validation, steps, width, height } = chart;
  const rows = height - 2;
  const losses = [...training, ...validation].map(({ loss }) => loss).filter(Number.isFinite);
  if (losses.length === 0 || rows < 3) return [];

  const { low, high, tick } = scaleOf(losses, Math.max(2, Math.floor(rows / 2)));
  const decimals = tick >= 1 ? 0 : tick >= 0.1 ? 1 : 2;
  const labelWidth = format.number(high, decimals).length;
  const columns = width - labelWidth - 3;
  if (columns < 8) return [];

  const dotsWide = columns * dotColumns;
  const dotsHigh = rows * dotRows;
  const columnOf = (step: number) =>
    Math.min(dotsWide - 1, Math.max(0, Math.round(((step - 1) / Math.max(1, steps - 1)) * (dotsWide - 1))));
  const rowOf = (loss: number) => Math.round(((high - loss) / (high - low)) * (dotsHigh - 1));

  // The line, dot by dot; gaps between columns are bridged, steep pieces are filled.
  const cells = Array.from({ length: rows }, () => new Uint8Array(columns));
  const light = (x: number, y: number) => {
    const row = cells[Math.min(rows - 1, Math.max(0, Math.floor(y / dotRows)))]!;
    row[Math.floor(x / dotColumns)]! |=
      brailleBits[(((y % dotRows) + dotRows) % dotRows) as 0][(x % dotColumns) as 0];
  };
  let last: { x: number; y: number } | undefined;
  for (const [x, loss] of columnMeans(training, dotsWide, columnOf).entries()) {
    if (Number.isNaN(loss)) continue;
    const y = rowOf(loss);
    const from: { x: number; y: number } = last ?? { x, y };
    const length = Math.max(Math.abs(x - from.x), Math.abs(y - from.y), 1);
    for (let i = 0; i <= length; i++) {
      light(
        Math.round(from.x + ((x - from.x) * i) / length),
        Math.round(from.y + ((y - from.y) * i) / length),
      );
    }
    last = { x, y };
  }

  const marks = new Map<number, string>();
  const place = (x: number, y: number) => Math.floor(y / dotRows) * columns + Math.floor(x / dotColumns);
  for (const { step, loss } of validation) {
    if (Number.isFinite(loss)) marks.set(place(columnOf(step), rowOf(loss)), theme.second(glyphs.validation));
  }
  if (last) marks.set(place(last.x, last.y), theme.glow(glyphs.tip));

  const ticks = new Map<number, string>();
  for (let value = low; value <= high + tick / 2; value += tick) {
    ticks.set(Math.floor(rowOf(value) / dotRows), format.number(value, decimals));
  }
  const lines = cells.map((cell, row) => {
    const label = ticks.get(row);
    const axis = `${theme.muted((label ?? '').padStart(labelWidth))} ${theme.ash(label === undefined ? '│' : '┤')}`;
    let line = '';
    let run = '';
    const flush = () => {
      if (run !== '') line += run.trim() === '' ? run : theme.ember(run);
      run = '';
    };
    for (const [column, bits] of cell.entries()) {
      const mark = marks.get(row * columns + column);
      if (mark !== undefined) {
        flush();
        line += mark;
      } else {
        run += bits === 0 ? ' ' : String.fromCharCode(brailleBlank + bits);
      }
    }
    flush();
    return `${axis} ${line}`.trimEnd();
  });
  return [...lines, ...horizontalAxis(chart, labelWidth, columns, last?.x ?? 0, theme, format)];
}

/** The axis below: what was travelled is ember, what is to come is ash; first, middle and last step are named. */
function horizontalAxis(
  { steps }: LossChart,
  labelWidth: number,
  columns: number,
  tipColumn: number,
  theme: Theme,
  format: Format,
): string[] {
  const done = Math.min(columns, Math.floor(tipColumn / dotColumns) + 1);
  const indent = ' '.repeat(labelWidth + 1);
  const line = `${indent}${theme.ash('└')}${theme.ember('─'.repeat(done + 1))}${theme.ash('─'.repeat(columns - done))}`;
  const middle = Math.round(steps / 2);
  const labels = [...' '.repeat(columns)];
  const write = (text: string, start: number) => {
    for (const [i, character] of [...text].entries()) labels[start + i] = character;
  };
  const [first, half, end] = [1, middle, steps].map((step) => format.integer(step)) as [
    string,
    string,
    string,
  ];
  write(first, 0);
  if (columns > 30) write(half, Math.round((columns - half.length) / 2));
  write(end, columns - end.length);
  return [line, `${indent}  ${theme.muted(labels.join('').trimEnd())}`];
}
