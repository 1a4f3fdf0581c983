import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import {
  type FinishAnswer,
  type Introduction,
  MARK,
  type MachineAnswer,
  type Question,
  type StepsAnswer,
} from './protocol.ts';

export interface Command {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether its standard error is shown as it comes; otherwise it is kept, for when it fails. */
  readonly showErrors?: boolean;
}

/** The longest that one answer may take, in milliseconds. */
const PATIENCE = 15 * 60_000;

/** How much of a process's standard error is kept, in characters. */
const KEPT_ERRORS = 2000;

interface Answers {
  readonly steps: StepsAnswer;
  readonly finish: FinishAnswer;
  readonly machine: MachineAnswer;
}

interface Waiting {
  readonly resolve: (message: object) => void;
  readonly reject: (error: Error) => void;
}

const running = new Set<ChildProcess>();

/** Ends every process that was started, at once. */
export function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** A process that measures and is asked one thing at a time. */
export class Participant {
  readonly #child: ChildProcess;
  #errors = '';
  #waiting: Waiting | null = null;
  #ended: Error | null = null;
  name = '';

  private constructor(command: Command) {
    this.#child = spawn(command.command, command.arguments, {
      env: { ...process.env, ...command.environment },
      stdio: ['pipe', 'pipe', command.showErrors ? 'inherit' : 'pipe'],
    });
    running.add(this.#child);
    this.#child.stderr?.on('data', (text: Buffer) => {
      this.#errors = (this.#errors + text.toString()).slice(-KEPT_ERRORS);
    });
    // A process that is gone says so by its end, not here.
    this.#child.stdin?.on('error', () => {});
    const lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => this.#hear(line));
    this.#child.on('error', (error) => this.#fail(error.message));
    this.#child.on('close', (code, signal) => {
      running.delete(this.#child);
      this.#fail(`it ended with ${signal ?? `exit code ${code}`}`);
    });
  }

  /**
   * Starts a process and waits for it to introduce itself.
   * @throws Error that says why it could not.
   */
  static async start(command: Command): Promise<Participant> {
    const participant = new Participant(command);
    const { name } = (await participant.#next()) as Introduction;
    participant.name = name;
    return participant;
  }

  /** @throws Error with what the process said when it fails, ends, or takes too long. */
  async ask<Asked extends Question>(question: Asked): Promise<Answers[Asked['ask']]> {
    const answer = this.#next();
    this.#child.stdin?.write(`${JSON.stringify(question)}\n`);
    return (await answer) as Answers[Asked['ask']];
  }

  #next(): Promise<object> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fail(`there was no answer for ${PATIENCE / 60_000} minutes`);
        this.#child.kill('SIGKILL');
      }, PATIENCE);
      const settle =
        <Value>(how: (value: Value) => void) =>
        (value: Value) => {
          clearTimeout(timer);
          this.#waiting = null;
          how(value);
        };
      this.#waiting = { resolve: settle(resolve), reject: settle(reject) };
    });
  }

  #hear(line: string): void {
    if (!line.startsWith(MARK)) return;
    const message = JSON.parse(line.slice(MARK.length)) as { readonly error?: string };
    if (message.error !== undefined) this.#fail(message.error);
    else this.#waiting?.resolve(message);
  }

  #fail(reason: string): void {
    if (this.#ended) return;
    const said = this.#errors.trim();
    this.#ended = new Error(said ? `${reason}\n${said}` : reason);
    this.#waiting?.reject(this.#ended);
  }

  /** Lets it end by itself; what does not is ended. */
  async close(): Promise<void> {
    this.#ended ??= new Error('it has been closed');
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.stdin?.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
    await closed;
    clearTimeout(timer);
  }
}
