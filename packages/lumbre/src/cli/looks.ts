import {
  type ImageSplit,
  type LoadedData,
  type LoadedMusic,
  type LoadedTable,
  type Picture,
  pictureOf,
} from '../data/index.ts';
import { type Context, printable } from './io.ts';
import { colourDepthOf, halfBlocks, pictureRows } from './pictures.ts';

/** A look into a data set: what it has, in words, and some lines to see. */
export interface Look {
  readonly contents: string;
  readonly lines: readonly string[];
}

const TEXT_LINES = 8;
const TABLE_LINES = 4;
const SAMPLES = 6;

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`;

/** Some images from all over a split, the same ones each time; one of each class first, where there are classes. */
function samplesOf(split: ImageSplit): Picture[] {
  const [count] = split.shape;
  const even = Array.from({ length: SAMPLES }, (_, i) => Math.floor(((i + 0.5) * count) / SAMPLES));
  const classes = new Map<number, number>();
  for (const [i, label] of (split.labels ?? []).entries()) {
    if (!classes.has(label)) classes.set(label, i);
  }
  const indices =
    classes.size >= SAMPLES
      ? [...classes.keys()].sort((a, b) => a - b).map((label) => classes.get(label)!)
      : even;
  return indices
    .slice(0, Math.min(SAMPLES, count))
    .map((i) => pictureOf({ data: split.images, shape: split.shape }, i));
}

/** The first steps of a piece as a picture: time to the right, pitch upward. */
function rollOf({ train }: LoadedMusic, steps: number): Picture | undefined {
  const piece = train[0]?.slice(0, steps);
  const pitches = piece?.flatMap((step) => [...step]);
  if (!piece?.length || !pitches?.length) return undefined;
  const [low, high] = [Math.min(...pitches), Math.max(...pitches)];
  const [height, width] = [high - low + 1, piece.length];
  const data = new Uint8Array(height * width * 4);
  for (const [x, step] of piece.entries()) {
    for (const pitch of step) data.set([255, 135, 95, 255], ((high - pitch) * width + x) * 4);
  }
  return { data, shape: [height, width, 4] };
}

const tableLines = ({ csv }: LoadedTable, width: number): string[] =>
  csv.split('\n', TABLE_LINES).map((row) => cut(row, width));

/** What `lumbre data info` shows of the data themselves. Pictures are for terminals only. */
export function lookAt(data: LoadedData, context: Context, width: number): Look {
  const { messages, format, theme, output, environment } = context;
  const depth = colourDepthOf(output, environment);
  const framed = (lines: readonly string[]): string[] => (lines.length > 0 ? ['', ...lines] : []);
  switch (data.kind) {
    case 'text': {
      const contents = data.lines
        ? messages.dataLines(format.integer(data.lines.length))
        : messages.dataCharacters(format.integer([...data.text].length));
      const start = printable(data.text.slice(0, 4000)).trim().split(/\n+/);
      return {
        contents,
        lines: framed(start.slice(0, TEXT_LINES).map((row) => theme.muted(cut(row, width)))),
      };
    }
    case 'image': {
      const [count, height, w, channels] = data.train.shape;
      const test = data.test ? format.integer(data.test.shape[0]) : null;
      const contents = messages.dataImages(format.integer(count), `${height}×${w}×${channels}`, test);
      return { contents, lines: framed(pictureRows(samplesOf(data.train), depth, { columns: width })) };
    }
    case 'music': {
      const [train, validation, rest] = [data.train, data.validation, data.test].map((pieces) =>
        format.integer(pieces.length),
      ) as [string, string, string];
      const roll = rollOf(data, width);
      const lines = roll ? halfBlocks(roll, depth) : [];
      return { contents: messages.dataPieces(train, validation, rest), lines: framed(lines) };
    }
    case 'table': {
      const contents = `${messages.dataRows(format.integer(data.rows))} × ${format.integer(data.columns.length)}; ${messages.dataTarget(data.target)}`;
      const [head = '', ...rows] = tableLines(data, width);
      return { contents, lines: framed([head, ...rows.map((row) => theme.muted(row))]) };
    }
  }
}
