import type { Faces } from '../faces/faces.ts';
import type { Exercise } from '../grading/exercise.ts';
import { grade } from '../grading/grade.ts';
import type { RunResult } from './core/run.ts';
import { Strays } from './core/strays.ts';
import type { Output } from './output.ts';
import type { Reply, RequestMessage } from './protocol.ts';
import { recordedRun, shownFaces, variableFaces } from './workerFaces.ts';

// The worker in which learners' code runs, with the engine and the exercises of all lessons, as one file: the sandbox has no
// network to load anything else from.

const exercises = import.meta.glob<{ exercise: Exercise }>('../../lessons/*/*/exercises/*.ts', {
  eager: true,
});

/** Errors that nobody catches end nothing: a run is told of its own. */
const strays = new Strays(globalThis);

let last: { source: string; result: RunResult } | null = null;

async function answer(request: RequestMessage, emit: (output: Output) => void): Promise<unknown> {
  if (request.type === 'run') {
    const started = performance.now();
    const result = await recordedRun(request.source, { emit, strays });
    last = { source: request.source, result };
    return { failure: result.failure, milliseconds: performance.now() - started };
  }
  if (request.type === 'grade') {
    const module = exercises[`../../lessons/${request.lesson}/exercises/${request.exercise}.ts`];
    if (!module) throw new Error(`There is no exercise '${request.exercise}' in ${request.lesson}.`);
    return grade(module.exercise, request.source, emit);
  }
  if (request.type === 'faces') {
    if (!last) throw new Error('Nothing was run yet.');
    return shownFaces(last.source, last.result, request.output, request.index) satisfies Promise<Faces>;
  }
  return variableFaces(request.source, request.name, request.at);
}

addEventListener('message', (event: MessageEvent) => {
  const [port] = event.ports;
  if (!port) return;
  const say = (message: Reply) => port.postMessage(message);
  // One after the other: a run has the engine for itself.
  let turn: Promise<void> = Promise.resolve();
  port.onmessage = ({ data }: MessageEvent<RequestMessage>) => {
    turn = turn.then(async () => {
      try {
        say({
          type: 'answer',
          id: data.id,
          answer: await answer(data, (output) => say({ type: 'output', id: data.id, output })),
        });
      } catch (error) {
        say({
          type: 'refused',
          id: data.id,
          message: error instanceof Error ? error.message : String(error),
        });
      }
    });
  };
  say({ type: 'ready' });
});
