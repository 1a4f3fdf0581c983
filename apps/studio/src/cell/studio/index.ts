import type { CompiledFunction, Tensor } from 'lumbre';
import { explanationOutput } from '../core/explanations.ts';
import { tableOutput, tensorOutput, textOutput } from '../core/outputs.ts';
import { imageOutput } from '../core/pictures.ts';
import { type Numbers, type PlotOptions, plotOutput, type Series, seriesOf } from '../core/plots.ts';
import { print } from '../core/print.ts';
import { soundOutput } from '../core/sounds.ts';
import { type ArqueroTable, isTable, isTensor, type Table } from '../core/values.ts';
import type { Output } from '../output.ts';

export type { Numbers, PlotOptions, Series };

/** A table, one of Arquero, or a list of rows. */
export type TableLike = Table | ArqueroTable | readonly Readonly<Record<string, unknown>>[];

/** What the cells of the Studio import from `studio`: pictures of what they compute. */
export interface Studio {
  /** Shows a value below the cell: a tensor as numbers whose faces open, a table as a table, anything else as text. */
  show(value: unknown, title?: string): void;
  /**
   * Draws lines or points: `plot(values)`, `plot({ x, y, name, mark })`, or several of these.
   * @example plot([{ y: training, name: 'training' }, { y: validation, name: 'validation' }], { title: 'Loss' })
   */
  plot(data: Numbers | Series | readonly Series[], options?: PlotOptions): void;
  /** Draws a bar for each label. */
  bars(labels: readonly string[], values: Numbers, options?: PlotOptions): void;
  /** Shows a tensor as a picture: [height, width], or [height, width, channels]; values from 0 to 1, or from 0 to 255. */
  image(pixels: Tensor, title?: string): void;
  /** Shows rows as a table. */
  table(rows: TableLike, title?: string): void;
  /** Lets samples between -1 and 1 be heard. */
  audio(samples: Numbers, options: { readonly sampleRate: number; readonly title?: string }): void;
  /** Shows how a tensor would be computed, or how a compiled function is: graph, kernels and memory. */
  explain(target: Tensor | readonly Tensor[] | CompiledFunction<never[], unknown>, title?: string): void;
  /** Lets the page show what there is so far: `await breathe()` in a long loop. */
  breathe(): Promise<void>;
}

/** Where what is shown goes, and where shown tensors are kept for their faces. */
export interface Stage {
  emit(output: Output): void;
  /** Keeps a tensor alive, and gives the number that it is known by. */
  keep(tensor: Tensor, title: string | null): number;
}

/** The module `studio`, for one run of a cell. */
export function makeStudio({ emit, keep }: Stage): Studio {
  const show = (value: unknown, title?: string): void => {
    const name = title ?? null;
    if (isTensor(value) && value.shape.length <= 8) emit(tensorOutput(value, keep(value, name), name));
    else if (isTable(value)) emit(tableOutput(value, name));
    else emit(textOutput(name === null ? print(value) : `${name}: ${print(value)}`));
  };
  return {
    show,
    plot: (data, options = {}) => emit(plotOutput(seriesOf(data), options)),
    bars: (labels, values, options = {}) =>
      emit(plotOutput([{ x: labels.map(String), y: values, mark: 'bars' }], options)),
    image: (pixels, title) => emit(imageOutput(pixels, title ?? null)),
    table: (rows, title) => emit(tableOutput(rows, title ?? null)),
    audio: (samples, options) => emit(soundOutput(samples, options)),
    explain: (target, title) => emit(explanationOutput(target, title ?? null)),
    breathe: () => new Promise((resolve) => setTimeout(resolve)),
  };
}
