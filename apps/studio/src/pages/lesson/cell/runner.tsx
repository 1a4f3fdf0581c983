import { useEffect } from 'react';
import type { CellResult, Output } from '../../../cell/output.ts';
import type { Faces } from '../../../faces/faces.ts';
import type { GradeReport } from '../../../grading/report.ts';

type CellRunner = ReturnType<typeof import('../../../cell/host.ts').createCellRunner>;

export interface RunOptions {
  onOutput?(output: Output): void;
  /** How long it may take. */
  seconds?: number;
}

/** The sandbox of a page, made when something is first run in it, and shared by all its cells: one copy of the engine. */
export class PageRunner {
  #runner: Promise<CellRunner> | null = null;
  #disposed = false;
  #running = 0;
  /** What the sandbox ran last: it holds the tensors that were shown then, and no others. */
  #last: string | null = null;

  /** Runs code. What another cell is still running is stopped: whoever presses here is no longer waiting there. */
  async run(source: string, options: RunOptions): Promise<CellResult> {
    return this.#alone(async (runner) => {
      const result = await runner.run(source, options);
      // A sandbox that had to be stopped is gone, with all that it held.
      const isGone =
        result.status === 'failed' && ['time', 'memory', 'stopped'].includes(result.failure.kind);
      this.#last = isGone ? null : source;
      return result;
    });
  }

  /** Checks an answer to an exercise of a lesson, known by its folder. */
  async grade(lesson: string, exercise: string, source: string, options: RunOptions): Promise<GradeReport> {
    return this.#alone((runner) => runner.grade(lesson, exercise, source, options));
  }

  /**
   * The faces of an element of a tensor that code has shown. If other code was run since, this is run once more; if then it
   * does not come to the same value, as when it is random, there is no telling.
   */
  async faces(source: string, outputId: number, index: number, value: number): Promise<Faces | 'changed'> {
    const runner = await this.#open();
    if (this.#last !== source) {
      const result = await this.run(source, {});
      if (result.status === 'failed' && this.#last !== source) throw new Error(result.failure.message);
    }
    const faces = await runner.faces(outputId, index);
    const isSame =
      Object.is(faces.value, value) || Math.abs(faces.value - value) <= 1e-6 + 1e-4 * Math.abs(value);
    return isSame ? faces : 'changed';
  }

  /** Runs code and finds the faces of an element of one of its variables. */
  async facesOfVariable(source: string, name: string, at: readonly number[]): Promise<Faces> {
    return (await this.#open()).facesOfVariable(source, name, at);
  }

  /** Gets ready for what will be run soon. */
  warmUp(): void {
    void this.#open().then((runner) => runner.warmUp());
  }

  /** Stops what runs. */
  stop(): void {
    this.#last = null;
    void this.#runner?.then((runner) => runner.stop());
  }

  dispose(): void {
    this.#disposed = true;
    void this.#runner?.then((runner) => runner.dispose());
    this.#runner = null;
  }

  async #alone<Result>(work: (runner: CellRunner) => Promise<Result>): Promise<Result> {
    const runner = await this.#open();
    if (this.#running > 0) {
      this.#last = null;
      runner.stop();
    }
    this.#running++;
    try {
      return await work(runner);
    } finally {
      this.#running--;
    }
  }

  #open(): Promise<CellRunner> {
    if (this.#disposed) throw new Error('The page was left.');
    this.#runner ??= import('../../../cell/host.ts').then(({ createCellRunner }) => createCellRunner());
    // What failed to load, as when the machine was offline, may be tried again.
    this.#runner.catch(() => {
      this.#runner = null;
    });
    return this.#runner;
  }
}

let shared: PageRunner | null = null;
let users = 0;

const sharedRunner = (): PageRunner => {
  shared ??= new PageRunner();
  return shared;
};

/** The page is drawn first; whoever reads a lesson is likely to run its cells. In milliseconds. */
const WARM_UP_AFTER = 1500;

/** The page's runner. It is let go, with all its memory, when the last that uses it has gone from the page. */
export function useRunner(): () => PageRunner {
  useEffect(() => {
    users++;
    const timer = setTimeout(() => sharedRunner().warmUp(), WARM_UP_AFTER);
    return () => {
      clearTimeout(timer);
      users--;
      // One lesson after another, or the same in another language: those who come take the place of those who go first.
      setTimeout(() => {
        if (users > 0) return;
        shared?.dispose();
        shared = null;
      });
    };
  }, []);
  return sharedRunner;
}
