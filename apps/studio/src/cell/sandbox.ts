import { runnerPage } from 'virtual:cell-worker';
import { Gate } from './gate.ts';
import type { Output } from './output.ts';
import { answers, type Reply, type Request } from './protocol.ts';

/** How long the sandbox may take to come up, in seconds; slow machines included. */
const START_SECONDS = 60;
/** How often the frame is asked whether it is still there while something runs, in seconds. */
const ASK_EVERY = 1.5;
/** It answers at once, whatever its worker does: who was asked so often in vain is gone. Counted, since machines go to sleep. */
const ASKED_IN_VAIN = 4;

interface Pending {
  onOutput(output: Output): void;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** Why a sandbox ended before it answered. */
export class SandboxEnded extends Error {
  override readonly name = 'SandboxEnded';
  readonly kind: 'time' | 'memory' | 'stopped';

  constructor(kind: 'time' | 'memory' | 'stopped', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** A promise, and what settles it. */
function deferred<Value>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<Value>((done, fail) => {
    resolve = done;
    reject = fail;
  });
  return { promise, resolve, reject };
}

/** A frame with a worker in it, from its start to its end. */
export class Sandbox {
  readonly #frame = document.createElement('iframe');
  readonly #pending = new Map<number, Pending>();
  readonly #channel = new MessageChannel();
  /** On which the frame tells that the worker died, and that it is itself still there. */
  readonly #watch = new MessageChannel();
  readonly #gate = new Gate();
  readonly #ready = deferred<void>();
  readonly #leaving = new AbortController();
  #next = 0;
  #ended = false;
  #unanswered = 0;

  /** @param program the worker's program, as text: the frame has no network of its own */
  constructor(program: Promise<string>) {
    this.#frame.sandbox.add('allow-scripts');
    this.#frame.hidden = true;
    this.#frame.title = '';
    this.#frame.src = runnerPage;
    // Whoever asks hears of it.
    this.#ready.promise.catch(() => {});
    this.#start(program).catch((error) => this.end(error));
  }

  get ended(): boolean {
    return this.#ended;
  }

  async #start(program: Promise<string>): Promise<void> {
    const text = await program;
    if (this.#ended) return;
    const { signal } = this.#leaving;
    const late = setTimeout(() => this.end(new Error('The sandbox did not start.')), START_SECONDS * 1000);
    signal.addEventListener('abort', () => clearTimeout(late));
    this.#ready.promise.then(
      () => clearTimeout(late),
      () => {},
    );
    addEventListener(
      'message',
      (event) => {
        if (event.source !== this.#frame.contentWindow || event.data?.type !== 'runner ready') return;
        // The frame has no origin that could be named.
        this.#frame.contentWindow?.postMessage({ type: 'start', program: text }, '*', [
          this.#channel.port2,
          this.#watch.port2,
        ]);
      },
      { signal },
    );
    this.#channel.port1.onmessage = ({ data }) => this.#hear(data);
    this.#watch.port1.onmessage = ({ data }) => {
      this.#unanswered = 0;
      // What the worker does not catch itself is that it could not go on.
      if (data?.type === 'ended')
        this.end(new SandboxEnded('memory', String(data.message).slice(0, 500) || 'The worker ended.'));
    };
    document.body.append(this.#frame);
  }

  #hear(data: unknown): void {
    if (this.#ended) return;
    const message = this.#gate.admit(data);
    if (this.#gate.flooded) this.end(new SandboxEnded('memory', 'It sent more than a page can take.'));
    else if (message?.type === 'ready') this.#ready.resolve();
    else if (message) this.#answer(message);
  }

  #answer(message: Exclude<Reply, { type: 'ready' }>): void {
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    if (message.type === 'output') {
      pending.onOutput(message.output);
      return;
    }
    this.#pending.delete(message.id);
    if (message.type === 'answer') pending.resolve(message.answer);
    else pending.reject(new Error(message.message));
  }

  /** Sees to it that a frame whose process died is known to be gone. */
  #watchOver(): () => void {
    this.#unanswered = 0;
    const watching = setInterval(() => {
      if (this.#unanswered++ === ASKED_IN_VAIN)
        this.end(new SandboxEnded('memory', 'The sandbox is gone: its memory was full.'));
      else this.#watch.port1.postMessage('there?');
    }, ASK_EVERY * 1000);
    return () => clearInterval(watching);
  }

  /** Asks, and ends everything when there is no answer in time. The time begins when the sandbox is there. */
  async ask<Type extends Request['type']>(
    request: Request & { type: Type },
    seconds: number,
    onOutput: (output: Output) => void = () => {},
  ): Promise<(typeof answers)[Type]['_output']> {
    await this.#ready.promise;
    const id = this.#next++;
    const { promise, resolve, reject } = deferred<unknown>();
    this.#pending.set(id, { onOutput, resolve, reject });
    const timer = setTimeout(
      () => this.end(new SandboxEnded('time', `It was still running after ${seconds} s, and was stopped.`)),
      seconds * 1000,
    );
    const leaveAlone = this.#watchOver();
    try {
      this.#gate.open();
      this.#channel.port1.postMessage({ ...request, id });
      return answers[request.type as Type].parse(await promise) as (typeof answers)[Type]['_output'];
    } finally {
      clearTimeout(timer);
      leaveAlone();
    }
  }

  /** Takes frame and worker away, whatever they are doing. */
  end(reason: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#leaving.abort();
    this.#frame.remove();
    this.#channel.port1.close();
    this.#watch.port1.close();
    this.#ready.reject(reason);
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }
}
