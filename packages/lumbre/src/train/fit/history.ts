import type { Metrics } from '../task.ts';

/** What came of each epoch, as Keras's `History`. */
export class History {
  /** The numbers of the epochs, from 1. */
  readonly epoch: number[] = [];
  /** A list for each figure, one number an epoch: `history.history.valLoss`. */
  readonly history: Record<string, number[]> = {};

  add(epoch: number, figures: Metrics): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(figures)) {
      const list = this.history[name] ?? [];
      list.push(value);
      this.history[name] = list;
    }
  }
}
