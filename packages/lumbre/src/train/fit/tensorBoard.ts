import type { RunFiles } from '../recorder.ts';
import type { Metrics } from '../task.ts';
import { TensorBoardWriter, type TensorBoardWriterOptions } from '../tensorboard/writer.ts';
import type { Callback } from './callbacks.ts';

export interface TensorBoardOptions extends TensorBoardWriterOptions {
  /** Where it is written to: a folder of a disk, or of a browser's storage. */
  readonly files: RunFiles;
  /** Whether figures are written after each epoch, or also each so many batches. Default `epoch`. */
  readonly updateFreq?: 'epoch' | 'batch' | number;
}

/** What a figure of an epoch is called: `train/loss`, and of validation data `validation/loss`. */
const tagOf = (name: string): string =>
  /^val[A-Z]/.test(name) ? `validation/${name.charAt(3).toLowerCase()}${name.slice(4)}` : `train/${name}`;

/**
 * Writes event files for TensorBoard, as Keras's: the figures of epochs, by the epoch, as `train/loss` and `validation/loss`;
 * those of batches, by the batch, as `batch/loss`. Give `firstStep`, the epoch that is next, to a training that goes on.
 */
export class TensorBoard implements Callback {
  readonly #options: TensorBoardOptions;
  readonly #every: number;
  #writer: TensorBoardWriter | null = null;

  /** @throws RangeError when `updateFreq` is no positive whole number. */
  constructor(options: TensorBoardOptions) {
    const { updateFreq = 'epoch' } = options;
    this.#options = options;
    this.#every = updateFreq === 'epoch' ? 0 : updateFreq === 'batch' ? 1 : updateFreq;
    if (updateFreq !== 'epoch' && !(Number.isInteger(this.#every) && this.#every > 0)) {
      throw new RangeError(
        `TensorBoard: updateFreq is 'epoch', 'batch' or a number of batches, not ${updateFreq}.`,
      );
    }
  }

  /** What it writes with, to add pictures and texts of one's own. */
  get writer(): TensorBoardWriter {
    this.#writer ??= new TensorBoardWriter(this.#options.files, this.#options);
    return this.#writer;
  }

  onBatchEnd(step: number, figures: Metrics): void {
    if (this.#every === 0 || step % this.#every !== 0) return;
    for (const [name, value] of Object.entries(figures)) this.writer.addScalar(`batch/${name}`, value, step);
  }

  onEpochEnd(epoch: number, figures: Metrics): Promise<void> {
    for (const [name, value] of Object.entries(figures)) this.writer.addScalar(tagOf(name), value, epoch);
    return this.writer.flush();
  }

  onTrainEnd(): Promise<void> {
    return this.writer.flush();
  }
}
