import { makeBreather } from '../../platform/breathe.ts';
import type { EnteringText, SlotDecoder } from '../generation/index.ts';
import { Channel } from './channel.ts';
import { type RowRequest, type RowToken, TextRow } from './textRow.ts';
import { Turns } from './turns.ts';

/** More texts are asked for than may wait. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
  readonly code = 'serve.queueFull';
}

/** No text is begun any more. */
export class EngineClosedError extends Error {
  override readonly name = 'EngineClosedError';
  readonly code = 'serve.closed';
}

export interface TextEngineOptions {
  /** How many texts may wait for a slot. Default 64. */
  readonly queueLimit?: number | undefined;
  /** Who else computes with the same model, in turns. */
  readonly turns?: Turns | undefined;
}

/** What an engine does at the moment. */
export interface EngineState {
  readonly slots: number;
  /** Texts that are being written. */
  readonly writing: number;
  /** Texts that wait for a slot. */
  readonly waiting: number;
}

/** A text that was asked for. */
export interface AskedText {
  /** Its tokens as they come. @throws the signal's reason, and what went wrong */
  tokens(): AsyncGenerator<RowToken, void, undefined>;
  /** Lets go of its slot, or of its place in the queue. */
  cancel(reason?: unknown): void;
}

class Job implements AskedText {
  readonly row: TextRow;
  readonly channel = new Channel<RowToken>();
  readonly #onSettled: () => void;
  entering: EnteringText | null = null;

  constructor(request: RowRequest, onSettled: () => void) {
    this.row = new TextRow(request);
    this.#onSettled = onSettled;
    const { signal } = request;
    if (signal?.aborted) this.cancel(signal.reason);
    else signal?.addEventListener('abort', this.#abort, { once: true });
  }

  readonly #abort = (): void => this.cancel(this.row.request.signal?.reason);

  get isOver(): boolean {
    return this.channel.closed;
  }

  async *tokens(): AsyncGenerator<RowToken, void, undefined> {
    try {
      yield* this.channel.values();
    } finally {
      this.cancel();
    }
  }

  cancel(reason: unknown = new DOMException('The text was cancelled.', 'AbortError')): void {
    this.settle({ error: reason });
  }

  settle(end: { readonly error?: unknown } = {}): void {
    if (this.isOver) return;
    if ('error' in end) this.channel.fail(end.error);
    else this.channel.close();
    this.row.request.signal?.removeEventListener('abort', this.#abort);
    this.#onSettled();
  }

  /** Chooses the next token, and ends with the last. */
  advance(scores: Float32Array): void {
    try {
      const token = this.row.choose(scores);
      this.channel.push(token);
      if (token.finishReason !== null) this.settle();
    } catch (error) {
      this.settle({ error });
    }
  }
}

/**
 * Writes the texts of many who ask at different times, side by side: a text goes into a slot that is free, its prompt is read
 * piece by piece between the steps of the others, and it leaves with its last token, or as soon as nobody wants it. What is
 * written does not depend on who else is there. (Yu et al., Orca, OSDI 2022, call it iteration-level scheduling.)
 */
export class TextEngine {
  readonly #decoder: SlotDecoder;
  readonly #queueLimit: number;
  readonly #turns: Turns;
  readonly #inSlot: (Job | null)[];
  #waiting: Job[] = [];
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(decoder: SlotDecoder, { queueLimit = 64, turns = new Turns() }: TextEngineOptions = {}) {
    this.#decoder = decoder;
    this.#queueLimit = queueLimit;
    this.#turns = turns;
    this.#inSlot = Array.from({ length: decoder.slots }, () => null);
  }

  get maxPositions(): number {
    return this.#decoder.maxPositions;
  }

  get state(): EngineState {
    const writing = this.#inSlot.filter((job) => job && !job.isOver).length;
    return {
      slots: this.#decoder.slots,
      writing,
      waiting: this.#waiting.filter((job) => !job.isOver).length,
    };
  }

  /**
   * Asks for texts: all or none. Each goes on until its tokens end, or it is cancelled.
   * @throws QueueFullError when there is no room for them, EngineClosedError
   */
  ask(requests: readonly RowRequest[]): AskedText[] {
    if (this.#closed) throw new EngineClosedError('The model is being put away; ask another time.');
    const { slots, writing, waiting } = this.state;
    if (writing + waiting + requests.length > slots + this.#queueLimit) {
      throw new QueueFullError(
        `${writing} texts are being written and ${waiting} wait; no more than ${this.#queueLimit} may wait. Ask again in a moment.`,
      );
    }
    const jobs = requests.map((request) => new Job(request, () => this.#wake()));
    this.#waiting.push(...jobs);
    this.#wake();
    return jobs;
  }

  #wake(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      // Who came while it ended.
      if (this.#hasWork) this.#wake();
    });
  }

  get #hasWork(): boolean {
    return this.#waiting.length > 0 || this.#inSlot.some((job) => job !== null);
  }

  async #run(): Promise<void> {
    const breathe = makeBreather();
    while (this.#hasWork) {
      await this.#turns.run(() => this.#turn());
      await breathe();
    }
  }

  /** A piece of a prompt, and a token for each text. */
  async #turn(): Promise<void> {
    this.#sweep();
    try {
      await this.#readPrompt();
      this.#sweep();
      const jobs = [...this.#inSlot.entries()].filter(
        (entry): entry is [number, Job] => entry[1] !== null && entry[1].entering === null,
      );
      if (jobs.length === 0) return;
      const rows = await this.#decoder.next(jobs.map(([slot, job]) => job.row.lastIn(slot)));
      for (const [i, [, job]] of jobs.entries()) if (!job.isOver) job.advance(rows[i] as Float32Array);
    } catch (error) {
      // The model failed: whoever is in a slot is told, and those who wait may have more luck.
      for (const job of this.#inSlot) job?.settle({ error });
    }
    this.#sweep();
  }

  /** Empties the slots of texts that are over, and gives them to those who wait. */
  #sweep(): void {
    for (const [slot, job] of this.#inSlot.entries()) {
      if (!job?.isOver) continue;
      job.entering?.dispose();
      job.entering = null;
      this.#decoder.leave(slot);
      this.#inSlot[slot] = null;
    }
    this.#waiting = this.#waiting.filter((job) => !job.isOver);
    for (const [slot, taken] of this.#inSlot.entries()) {
      if (taken || this.#waiting.length === 0) continue;
      const job = this.#waiting.shift() as Job;
      try {
        job.entering = this.#decoder.enter(slot, job.row.request.prompt);
        this.#inSlot[slot] = job;
      } catch (error) {
        job.settle({ error });
      }
    }
  }

  /** Reads on in the prompt that has waited longest. */
  async #readPrompt(): Promise<void> {
    const job = this.#inSlot.find((one) => one?.entering && !one.isOver);
    if (!job?.entering) return;
    const { entering } = job;
    const scores = await entering.read();
    if (!scores) return;
    entering.dispose();
    job.entering = null;
    if (!job.isOver) job.advance(scores);
  }

  /** Begins no more texts. @returns when those that are there have ended */
  async drain(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  /** Ends all texts and puts the decoder away. */
  async close(): Promise<void> {
    this.#closed = true;
    const error = new EngineClosedError('The model was put away before the text was at its end.');
    for (const job of [...this.#waiting, ...this.#inSlot]) job?.settle({ error });
    await this.#running;
    this.#decoder.dispose();
  }
}
