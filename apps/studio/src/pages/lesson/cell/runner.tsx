import { useEffect } from 'react';
import type { CellResult, Output } from '../../../cell/output.ts';
import type { Faces } from '../../../faces/faces.ts';
import type { GradeReport } from '../../../grading/report.ts';

export interface RunOptions {
  onOutput?(output: Output): void;
  /** How long it may take. */
  seconds?: number;
}

/** What a page asks of the sandbox in which learners' code runs. */
export interface CellRunner {
  run(source: string, options: RunOptions): Promise<CellResult>;
  faces(outputId: number, index: number): Promise<Faces>;
  /** Runs a source and finds the faces of an element of one of its variables. */
  facesOfVariable(source: string, name: string, at: readonly number[]): Promise<Faces>;
  grade(lesson: string, exercise: string, source: string): Promise<GradeReport>;
  stop(): void;
  dispose(): void;
}

const hosts = import.meta.glob<{ createCellRunner(): CellRunner }>('../../../cell/host.ts');

/** The sandbox of a page, made when something is first run in it, and shared by all its cells: one copy of the engine. */
export class PageRunner {
  #runner: Promise<CellRunner> | null = null;
  #disposed = false;

  #open(): Promise<CellRunner> {
    this.#runner ??= (async () => {
      const host = hosts['../../../cell/host.ts'];
      if (!host) throw new Error('There is no cell/host.ts.');
      const { createCellRunner } = await host();
      return createCellRunner();
    })();
    // What failed to load, as when the machine was offline, may be tried again.
    this.#runner.catch(() => {
      this.#runner = null;
    });
    return this.#runner;
  }

  async run(source: string, options: RunOptions): Promise<CellResult> {
    return (await this.#alive()).run(source, options);
  }

  async faces(outputId: number, index: number): Promise<Faces> {
    return (await this.#alive()).faces(outputId, index);
  }

  async facesOfVariable(source: string, name: string, at: readonly number[]): Promise<Faces> {
    return (await this.#alive()).facesOfVariable(source, name, at);
  }

  async grade(lesson: string, exercise: string, source: string): Promise<GradeReport> {
    return (await this.#alive()).grade(lesson, exercise, source);
  }

  /** Stops what runs. */
  stop(): void {
    void this.#runner?.then((runner) => runner.stop());
  }

  dispose(): void {
    this.#disposed = true;
    void this.#runner?.then((runner) => runner.dispose());
    this.#runner = null;
  }

  async #alive(): Promise<CellRunner> {
    if (this.#disposed) throw new Error('The page was left.');
    return this.#open();
  }
}

let shared: PageRunner | null = null;
let users = 0;

const sharedRunner = (): PageRunner => {
  shared ??= new PageRunner();
  return shared;
};

/** The page's runner. It is let go, with all its memory, when the last that uses it has gone from the page. */
export function useRunner(): () => PageRunner {
  useEffect(() => {
    users++;
    return () => {
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
