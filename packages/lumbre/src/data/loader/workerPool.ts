import { type MessageWorker, startMessageWorker } from '#platform';
import type { HostData } from '../hostArray.ts';
import { DataLoaderError, exampleError } from './source.ts';
import { workerSource } from './workerSource.ts';

/** A value as workers send it: see `workerSource.ts`. */
type Packed =
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'tuple'; readonly items: readonly Packed[] }
  | { readonly type: 'record'; readonly fields: readonly (readonly [string, Packed])[] }
  | ({ readonly type: 'data' } & Place)
  | ({ readonly type: 'array'; readonly shape: readonly number[]; readonly dtype?: string } & Place);

interface Place {
  readonly kind: string;
  readonly at: number;
  readonly length: number;
}

export interface Parcel {
  /** Whether it is one batch that the dataset has collated, rather than examples. */
  readonly whole: boolean;
  readonly packed: readonly Packed[];
  readonly buffers: Readonly<Record<string, HostData>>;
}

/** The values in a parcel; arrays are views of what was transferred. */
export function unpack({ packed, buffers }: Parcel): unknown[] {
  const view = ({ kind, at, length }: Place) => (buffers[kind] as HostData).subarray(at, at + length);
  const walk = (item: Packed): unknown => {
    switch (item.type) {
      case 'value':
        return item.value;
      case 'tuple':
        return item.items.map(walk);
      case 'record':
        return Object.fromEntries(item.fields.map(([name, field]) => [name, walk(field)]));
      case 'data':
        return view(item);
      case 'array':
        return { data: view(item), shape: item.shape, ...(item.dtype && { dtype: item.dtype }) };
    }
  };
  return packed.map(walk);
}

/** An error as workers describe it. */
interface RemoteError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly index?: number;
  readonly error?: RemoteError;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

function revive({ name, message, stack }: RemoteError): Error {
  const error = new Error(message);
  error.name = name;
  error.stack = stack;
  return error;
}

/** A worker with the requests that it has not answered. The process waits for it while there are some. */
class Conversation {
  readonly #worker: MessageWorker;
  readonly #number: number;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #failure: Error | undefined;

  constructor(number: number) {
    this.#number = number;
    this.#worker = startMessageWorker(
      workerSource,
      (message) => this.#answered(message as Answer),
      (error) =>
        this.#fail(
          new DataLoaderError(`DataLoader: worker ${number} failed: ${error.message}`, {
            worker: number,
            cause: error,
          }),
        ),
    );
  }

  ask(request: object): Promise<unknown> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#asked++;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    try {
      this.#worker.post({ ...request, id });
    } catch (error) {
      // The arguments of a dataset that cannot be cloned, such as functions.
      this.#waiting.delete(id);
      return Promise.reject(error);
    }
    this.#worker.keepAlive(true);
    return answer;
  }

  async terminate(reason: Error): Promise<void> {
    this.#fail(reason);
    await this.#worker.terminate();
  }

  #answered({ id, result, index, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.keepAlive(false);
    if (!waiting) return;
    if (!error) waiting.resolve(result);
    else
      waiting.reject(index === undefined ? revive(error) : exampleError(index, revive(error), this.#number));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
    this.#worker.keepAlive(false);
  }
}

/** Workers, each of which answers its requests in order. */
export class WorkerPool {
  readonly #conversations: Conversation[];

  constructor(count: number) {
    this.#conversations = Array.from({ length: count }, (_, number) => new Conversation(number));
  }

  get size(): number {
    return this.#conversations.length;
  }

  /** Asks one worker. */
  ask(worker: number, request: object): Promise<unknown> {
    const answer = (this.#conversations[worker] as Conversation).ask(request);
    // Whoever stops in the middle asks no more for what is on its way.
    answer.catch(() => {});
    return answer;
  }

  /** Asks all of them. */
  askAll(request: (worker: number) => object): Promise<unknown[]> {
    return Promise.all(this.#conversations.map((_, worker) => this.ask(worker, request(worker))));
  }

  async terminate(): Promise<void> {
    const reason = new Error('DataLoader: the iteration has ended.');
    await Promise.all(this.#conversations.map((conversation) => conversation.terminate(reason)));
  }
}
