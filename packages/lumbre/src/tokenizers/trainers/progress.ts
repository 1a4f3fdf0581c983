/** What a trainer does at the moment, in the order in which it comes. */
export type TrainingStage = 'words' | 'seeds' | 'pairs' | 'merges' | 'expectation';

/** How far a training has come. */
export interface TrainingProgress {
  /**
   * `words`: texts are cut into words and counted. BPE and WordPiece count `pairs`, then learn `merges`; Unigram finds `seeds`,
   * then estimates pieces in rounds of `expectation` and pruning.
   */
  readonly stage: TrainingStage;
  /** Steps of this stage that are done: characters of text, words, tokens of the vocabulary, or rounds. */
  readonly done: number;
  /** Steps of this stage in all, as far as is known; undefined where the end of a text cannot be seen. */
  readonly total?: number;
  /** Seconds since the stage began. */
  readonly seconds: number;
  /** Steps a second. */
  readonly rate: number;
  /** Seconds until the stage ends, if it goes on at this rate; undefined where the total is. */
  readonly secondsLeft?: number;
}

export interface ProgressOptions {
  /** Is told how far the training has come, a few times a second. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Ends the training: it throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Between two reports, in milliseconds. */
const PERIOD = 100;

/** Tells how far a stage has come, neither more often than eyes can follow nor less. */
export class StageReporter {
  readonly #stage: TrainingStage;
  readonly #options: ProgressOptions;
  readonly #total: number | undefined;
  readonly #start = performance.now();
  #last = 0;

  constructor(stage: TrainingStage, total: number | undefined, options: ProgressOptions) {
    this.#stage = stage;
    this.#total = total;
    this.#options = options;
    this.#tell(0);
  }

  /** @throws the signal's reason, once it is aborted. */
  report(done: number): void {
    this.#options.signal?.throwIfAborted();
    if (performance.now() - this.#last >= PERIOD) this.#tell(done);
  }

  /** The stage is at its end. */
  finish(done: number): void {
    this.#tell(done, done);
  }

  #tell(done: number, total = this.#total): void {
    const { onProgress } = this.#options;
    if (!onProgress) return;
    this.#last = performance.now();
    const seconds = (this.#last - this.#start) / 1000;
    const rate = seconds > 0 ? done / seconds : 0;
    onProgress({
      stage: this.#stage,
      done,
      seconds,
      rate,
      ...(total === undefined ? {} : { total, secondsLeft: secondsLeft(done, total, rate) }),
    });
  }
}

function secondsLeft(done: number, total: number, rate: number): number {
  if (done >= total) return 0;
  return rate > 0 ? (total - done) / rate : Number.POSITIVE_INFINITY;
}
