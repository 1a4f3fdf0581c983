import { formatShape } from '../graph/shape.ts';
import { defaultPrintOptions, formatElements, type PrintOptions } from './formatting.ts';
import { NeuralTensor } from './neural.ts';
import { summarize, type TensorSummary } from './summary.ts';
import type { Tensor } from './tensor.ts';
import { currentTrace } from './trace.ts';

/** Node's name for the method that says how a value is shown. */
const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom');

let printOptions: PrintOptions = defaultPrintOptions;

const least: { readonly [Name in keyof PrintOptions]?: number } = {
  precision: 0,
  threshold: 0,
  edgeItems: 1,
  lineWidth: 1,
};

/**
 * Changes how tensors are written from now on, and returns how they were before; without options, to the defaults. NumPy's
 * `set_printoptions`.
 * @throws RangeError for a number that makes no sense.
 */
export function setPrintOptions(options: Partial<PrintOptions> = defaultPrintOptions): PrintOptions {
  for (const [name, from] of Object.entries(least)) {
    const value = options[name as keyof PrintOptions];
    if (value === undefined || (Number.isInteger(value) && Number(value) >= from)) continue;
    if (name === 'threshold' && value === Number.POSITIVE_INFINITY) continue;
    throw new RangeError(`setPrintOptions: ${name} must be an integer of at least ${from}, not ${value}.`);
  }
  const before = printOptions;
  printOptions = { ...printOptions, ...options };
  return before;
}

/** Tensors as text. */
export abstract class PrintingTensor extends NeuralTensor {
  /**
   * The values as NumPy writes them, in aligned columns with as few digits as tell them apart, and the dtype:
   * `tensor([[1. , 2.5]], float32)`. Of more than 1000 elements only the ends are shown; `setPrintOptions` changes that.
   * Computes the value; inside a compiled function, where there is none, it shows the shape.
   */
  override toString(this: Tensor): string {
    if (this.disposed) return 'tensor(disposed)';
    const { shape, dtype } = this;
    const opening = 'tensor(';
    const notes = `${[dtype, ...(this.requiresGrad ? ['requiresGrad'] : [])].join(', ')})`;
    if (currentTrace()?.isInner(this)) return `${opening}traced, shape ${formatShape(shape)}, ${notes}`;
    if (this.size === 0) return `${opening}[], shape ${formatShape(shape)}, ${notes}`;
    const options = { ...printOptions, prefix: opening.length, suffix: 1 };
    const elements = `${opening}${formatElements(this.dataSync(), shape, dtype, options)},`;
    const lastLine = elements.length - elements.lastIndexOf('\n') - 1;
    const fits = lastLine + 1 + notes.length <= printOptions.lineWidth;
    return `${elements}${fits ? ' ' : `\n${' '.repeat(opening.length)}`}${notes}`;
  }

  /** Writes the tensor to the console. */
  print(this: Tensor): void {
    console.log(this.toString());
  }

  /**
   * What the values are like, at a glance: `console.log(String(await x.describe()))` shows a table of count, mean, standard
   * deviation, quartiles, zeros and what is not finite.
   */
  async describe(this: Tensor): Promise<TensorSummary> {
    return summarize(this, await this.data());
  }

  /** What Node's `console.log` and REPL show. */
  [inspect](this: Tensor): string {
    return this.toString();
  }
}
