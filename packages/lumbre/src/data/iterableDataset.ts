/** Which part of a stream is wanted. */
export interface StreamInfo {
  /** This worker's number, from 0. */
  readonly worker: number;
  /** How many workers read this stream, each a part of it; 1 without workers. */
  readonly workers: number;
  readonly epoch: number;
  /** The seed of all chance in this epoch, the same in each worker. */
  readonly seed: number;
  /**
   * Whether this worker has to give the example that is number `index` of the whole stream. Workers take turns, a batch
   * each; what a resumed run has seen is nobody's.
   */
  mine(index: number): boolean;
}

/**
 * Examples that come one after another, from a file too large for memory or from a generator. Extend it with `iterate`.
 *
 * With several workers each of them reads the stream. Unless `sharded` says otherwise `iterate` yields all examples, and
 * the loader keeps in each worker what is that worker's: always right, and worth it where the work is in what happens to
 * the examples afterwards. A dataset with `sharded = true` yields, in order, only the examples for which
 * `info.mine(index)` is true, and passes over the others as cheaply as it can.
 */
export abstract class IterableDataset<E> {
  /** Whether `iterate` itself yields only what `info.mine` says. */
  readonly sharded: boolean = false;

  /** The stream of one epoch from its beginning. */
  abstract iterate(info: StreamInfo): Iterable<E> | AsyncIterable<E>;
}

/** What a loader needs of a stream. */
export type StreamLike<E> = Pick<IterableDataset<E>, 'iterate'> & { readonly sharded?: boolean };

export const isStream = (dataset: unknown): dataset is StreamLike<unknown> =>
  typeof (dataset as StreamLike<unknown> | null)?.iterate === 'function';
