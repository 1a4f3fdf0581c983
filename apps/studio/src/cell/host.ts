import { cellWorker } from 'virtual:cell-worker';
import type { Faces } from '../faces/faces.ts';
import type { GradeReport } from '../grading/report.ts';
import type { CellFailure, CellResult, Output } from './output.ts';
import { Sandbox, SandboxEnded } from './sandbox.ts';

/** How long code may run unless it is said, in seconds. */
const SECONDS = 20;

export interface CellRunOptions {
  /** Called with what is shown, as it is shown. */
  onOutput?(output: Output): void;
  /** How long it may take. Default 20. */
  readonly seconds?: number;
}

let program: Promise<string> | null = null;

/** The worker's program, as text. What could not be had is asked for again the next time. */
function workerProgram(): Promise<string> {
  const mine =
    program ??
    fetch(cellWorker).then((response) => {
      if (!response.ok) throw new Error(`${cellWorker} could not be had: ${response.status}.`);
      return response.text();
    });
  program = mine;
  mine.catch(() => {
    if (program === mine) program = null;
  });
  return mine;
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
    if (!sandbox || sandbox.ended) sandbox = new Sandbox(workerProgram());
    return sandbox;
  };
  /** An engine that has filled the memory keeps it: only with its worker does it go back. */
  const letGoIfFull = (used: Sandbox, failure: CellFailure | null) => {
    if (failure?.kind === 'memory') used.end(new SandboxEnded('memory', failure.message));
  };
  return {
    /** Gets the sandbox ready, for whoever will run something soon. */
    warmUp: (): void => void open(),
    async run(
      source: string,
      { onOutput = () => {}, seconds = SECONDS }: CellRunOptions = {},
    ): Promise<CellResult> {
      const started = performance.now();
      const used = open();
      try {
        const { failure, milliseconds } = await used.ask({ type: 'run', source }, seconds, onOutput);
        letGoIfFull(used, failure);
        return failure ? { status: 'failed', milliseconds, failure } : { status: 'done', milliseconds };
      } catch (error) {
        if (!(error instanceof SandboxEnded)) throw error;
        return { status: 'failed', milliseconds: performance.now() - started, failure: failureOf(error) };
      }
    },
    /** The faces of an element of a tensor that the last run has shown. */
    faces: (output: number, index: number): Promise<Faces> =>
      open().ask({ type: 'faces', output, index }, SECONDS),
    facesOfVariable: (source: string, name: string, at: readonly number[]): Promise<Faces> =>
      open().ask({ type: 'facesOfVariable', source, name, at }, SECONDS),
    /**
     * Grades an answer; what it prints meanwhile goes to `onOutput`.
     * @param lesson the lesson's folder, `1-foundations/20-functions`
     */
    async grade(
      lesson: string,
      exercise: string,
      source: string,
      { onOutput = () => {}, seconds = SECONDS }: CellRunOptions = {},
    ): Promise<GradeReport> {
      const used = open();
      try {
        const report = await used.ask({ type: 'grade', lesson, exercise, source }, seconds, onOutput);
        letGoIfFull(used, report.failure);
        return report;
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
