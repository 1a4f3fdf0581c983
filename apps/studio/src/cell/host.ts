import { cellWorker } from 'virtual:cell-worker';
import type { Faces } from '../faces/faces.ts';
import type { GradeReport } from '../grading/report.ts';
import type { CellFailure, CellResult, Output } from './output.ts';
import { MOST_OUTPUTS } from './output.ts';
import { answers, type Request, reply } from './protocol.ts';

/** How long code may run unless it is said, in seconds. */
const SECONDS = 20;
/** How long the sandbox may take to come up, in seconds; slow machines included. */
const START_SECONDS = 60;

interface Pending {
  onOutput(output: Output): void;
  resolve(answer: unknown): void;
  reject(error: Error): void;
  outputs: number;
}

/** Why a sandbox ended before it answered. */
class SandboxEnded extends Error {
  override readonly name = 'SandboxEnded';
  readonly kind: 'time' | 'memory' | 'stopped';

  constructor(kind: 'time' | 'memory' | 'stopped', message: string) {
    super(message);
    this.kind = kind;
  }
}

let program: Promise<string> | null = null;

/** The worker's program, as text: the frame has no network of its own. */
function workerProgram(): Promise<string> {
  program ??= fetch(cellWorker).then((response) => {
    if (!response.ok) throw new Error(`${cellWorker} could not be had: ${response.status}.`);
    return response.text();
  });
  program.catch(() => {
    program = null;
  });
  return program;
}

/** A frame with a worker in it, from its start to its end. */
class Sandbox {
  readonly #frame = document.createElement('iframe');
  readonly #pending = new Map<number, Pending>();
  readonly #channel = new MessageChannel();
  readonly #watch = new MessageChannel();
  readonly #ready: Promise<void>;
  #next = 0;
  ended = false;

  constructor() {
    this.#frame.sandbox.add('allow-scripts');
    this.#frame.hidden = true;
    this.#frame.title = '';
    this.#frame.src = '/runner.html';
    this.#ready = this.#start();
    // Whoever asks hears of it.
    this.#ready.catch(() => {});
  }

  async #start(): Promise<void> {
    const text = await workerProgram();
    await new Promise<void>((resolve, reject) => {
      const giveUp = setTimeout(() => reject(new Error('The sandbox did not start.')), START_SECONDS * 1000);
      const onFrame = (event: MessageEvent) => {
        if (event.source !== this.#frame.contentWindow || event.data?.type !== 'runner ready') return;
        removeEventListener('message', onFrame);
        // The frame has no origin that could be named.
        this.#frame.contentWindow?.postMessage({ type: 'start', program: text }, '*', [
          this.#channel.port2,
          this.#watch.port2,
        ]);
      };
      addEventListener('message', onFrame);
      this.#channel.port1.onmessage = (event) => {
        const message = reply.safeParse(event.data);
        if (!message.success) return;
        if (message.data.type === 'ready') {
          clearTimeout(giveUp);
          resolve();
        } else this.#hear(message.data);
      };
      this.#watch.port1.onmessage = (event) => {
        clearTimeout(giveUp);
        const text = String(event.data).slice(0, 500);
        reject(new Error(text));
        this.end(new SandboxEnded('memory', text || 'The worker ended.'));
      };
      document.body.append(this.#frame);
    });
  }

  #hear(message: Exclude<ReturnType<typeof reply.parse>, { type: 'ready' }>): void {
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    if (message.type === 'output') {
      if (pending.outputs++ <= MOST_OUTPUTS) pending.onOutput(message.output);
      return;
    }
    this.#pending.delete(message.id);
    if (message.type === 'answer') pending.resolve(message.answer);
    else pending.reject(new Error(message.message));
  }

  /** Asks, and ends everything when there is no answer in time. */
  async ask<Type extends Request['type']>(
    request: Request & { type: Type },
    seconds: number,
    onOutput: (output: Output) => void = () => {},
  ): Promise<(typeof answers)[Type]['_output']> {
    await this.#ready;
    const id = this.#next++;
    const answered = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { onOutput, resolve, reject, outputs: 0 });
    });
    const timer = setTimeout(
      () => this.end(new SandboxEnded('time', `It was still running after ${seconds} s, and was stopped.`)),
      seconds * 1000,
    );
    try {
      this.#channel.port1.postMessage({ ...request, id });
      return answers[request.type as Type].parse(await answered) as (typeof answers)[Type]['_output'];
    } finally {
      clearTimeout(timer);
    }
  }

  /** Takes frame and worker away, whatever they are doing. */
  end(reason: Error): void {
    if (this.ended) return;
    this.ended = true;
    this.#frame.remove();
    this.#channel.port1.close();
    this.#watch.port1.close();
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }
}

const failureOf = ({ kind, message }: SandboxEnded): CellFailure => ({
  kind,
  message,
  line: null,
  column: null,
});

/** Runs learners' code in a sandbox that is made when it is first needed, and made anew when it had to be stopped. */
export function createCellRunner() {
  let sandbox: Sandbox | null = null;
  const open = (): Sandbox => {
    if (!sandbox || sandbox.ended) sandbox = new Sandbox();
    return sandbox;
  };
  return {
    /** Gets the sandbox ready, for whoever will run something soon. */
    warmUp: (): void => void open(),
    async run(
      source: string,
      { onOutput = () => {}, seconds = SECONDS }: { onOutput?(output: Output): void; seconds?: number } = {},
    ): Promise<CellResult> {
      const started = performance.now();
      const since = () => performance.now() - started;
      try {
        const { failure, milliseconds } = await open().ask({ type: 'run', source }, seconds, onOutput);
        return failure ? { status: 'failed', milliseconds, failure } : { status: 'done', milliseconds };
      } catch (error) {
        if (error instanceof SandboxEnded)
          return { status: 'failed', milliseconds: since(), failure: failureOf(error) };
        throw error;
      }
    },
    faces: (output: number, index: number): Promise<Faces> =>
      open().ask({ type: 'faces', output, index }, SECONDS),
    facesOfVariable: (source: string, name: string, at: readonly number[]): Promise<Faces> =>
      open().ask({ type: 'facesOfVariable', source, name, at }, SECONDS),
    /** @param lesson the lesson's folder, `1-foundations/20-functions` */
    async grade(lesson: string, exercise: string, source: string, seconds = SECONDS): Promise<GradeReport> {
      try {
        return await open().ask({ type: 'grade', lesson, exercise, source }, seconds);
      } catch (error) {
        if (error instanceof SandboxEnded) return { passed: false, checks: [], failure: failureOf(error) };
        throw error;
      }
    },
    /** Stops what runs. The next run begins in a new sandbox. */
    stop: () => sandbox?.end(new SandboxEnded('stopped', 'It was stopped.')),
    dispose() {
      sandbox?.end(new SandboxEnded('stopped', 'The page was left.'));
      sandbox = null;
    },
  };
}
