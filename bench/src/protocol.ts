import { createInterface } from 'node:readline';
import type { Check } from './workload.ts';

/**
 * How the benchmark talks to a process that measures, ours or a peer's: one line of JSON for each question on its standard
 * input, one marked line for each answer on its standard output. Other lines there are nobody's business. The process
 * introduces itself first, and ends when its input does. Peers have this in their own languages.
 */

export const MARK = '@bench ';

/** Told to a process on its command line, as JSON. */
export interface Assignment {
  readonly workload: string;
  readonly case: string;
  readonly device: string;
  readonly threads: number;
  readonly sizes: Readonly<Record<string, number | string>>;
}

export interface Introduction {
  /** Who measures, with its version. */
  readonly name: string;
}

/** Makes steps, and times them in turns of `together`. */
export interface StepsQuestion {
  readonly ask: 'steps';
  readonly turns: number;
  readonly together: number;
}

export interface StepsAnswer {
  /** Milliseconds a step, one number for each turn. */
  readonly times: readonly number[];
  /** The part of that time that was spent outside of kernels; nothing from those who cannot tell. */
  readonly overhead?: number;
}

/** After all steps: what is left to say. */
export interface FinishQuestion {
  readonly ask: 'finish';
}

export interface FinishAnswer {
  /** The most that the process has had in memory, in MB. */
  readonly rssMB: number;
}

/** What only we can say of ourselves. */
export interface OursFinishAnswer extends FinishAnswer {
  /** The most that the device has held, in MB. */
  readonly peakMB: number;
  readonly threads: number;
  readonly check: Check;
}

/** Asks for what the machine can do just now. */
export interface MachineQuestion {
  readonly ask: 'machine';
}

export interface MachineAnswer {
  /** Additions and multiplications in a second, in thousand millions. */
  readonly gflops: number;
  /** Thousand million bytes read in a second. */
  readonly gigabytes: number;
}

export type Question = StepsQuestion | FinishQuestion | MachineQuestion;

const send = (message: object): void => {
  process.stdout.write(`${MARK}${JSON.stringify(message)}\n`);
};

/** The answering side: introduces itself, answers until the input ends or an answer fails, and then ends the process. */
export async function serve(
  introduction: Introduction,
  answer: (question: Question) => Promise<object>,
): Promise<never> {
  // Whoever asks decides about the end; a Ctrl-C reaches the whole group.
  process.on('SIGINT', () => {});
  try {
    send(introduction);
    for await (const line of createInterface({ input: process.stdin })) {
      send(await answer(JSON.parse(line) as Question));
    }
  } catch (error) {
    send({ error: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  }
  process.exit(0);
}
