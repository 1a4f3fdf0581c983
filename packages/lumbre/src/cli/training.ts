import { configure, type Overrides, type Recipe, type Workshop } from '../recipes/index.ts';
import {
  CheckpointError,
  DivergedError,
  decodeCheckpoint,
  type Metric,
  type Task,
  type TrainEnd,
  TrainingLoop,
} from '../train/index.ts';
import { openTrainingView } from './display.ts';
import { CliError } from './errors.ts';
import type { Context, Loudness } from './io.ts';
import { checkMemory } from './memory.ts';
import { writeReport } from './report.ts';
import { Run } from './run.ts';
import { withRunFolder } from './runData.ts';

/** A training, ready to begin or to go on. */
export interface Training {
  readonly run: Run;
  readonly task: Task;
  readonly loop: TrainingLoop;
  /** What it learns from, in a line. */
  readonly about: { readonly es: string; readonly en: string };
}

export interface NewTraining {
  readonly recipe: Recipe;
  /** The configuration, in layers: the last on top. */
  readonly layers: readonly Overrides[];
  readonly folder: string;
  readonly workshop: Workshop;
}

/** Runs `operation`; a training that it could not make ready is put away. */
async function orDispose(training: Training, operation: () => void | Promise<void>): Promise<Training> {
  try {
    await operation();
    return training;
  } catch (error) {
    training.task.dispose();
    throw error;
  }
}

/**
 * Begins a run in a new folder. What is wrong with the data or the settings, or is too large for this machine, is found before
 * anything is written.
 * @throws CliError, ConfigError, and the errors of the recipe's data
 */
export async function beginTraining({ recipe, layers, folder, workshop }: NewTraining): Promise<Training> {
  const wished = configure(recipe, ...layers);
  const ready = await checkMemory(recipe, wished, workshop);
  const { task, config, files, about } = await recipe.prepare(wished, ready);
  const run = new Run(folder, recipe, config, files);
  const training = { run, task, loop: new TrainingLoop(task, config.train), about };
  return orDispose(training, () => run.create());
}

/** Errors of the checkpoint file name it. */
function aboutCheckpoint<T>(run: Run, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    const { message } = error;
    throw new CliError((messages) => messages.checkpointDamaged(run.checkpointPath, message), {
      cause: error,
    });
  }
}

/**
 * Takes up a run where its checkpoint left it.
 * @throws CliError when there is none, it is finished, or one of its files is damaged or has changed.
 */
export async function resumeTraining(folder: string, workshop: Workshop): Promise<Training> {
  const run = Run.open(folder);
  const checkpoint = aboutCheckpoint(run, () => decodeCheckpoint(run.readCheckpoint()));
  const { task, about } = await run.recipe.prepare(run.config, {
    ...workshop,
    data: withRunFolder(folder, workshop.data),
  });
  const training = { run, task, loop: new TrainingLoop(task, run.config.train), about };
  return orDispose(training, () => {
    aboutCheckpoint(run, () => training.loop.restore(checkpoint));
    if (training.loop.finished) {
      throw new CliError((messages) => messages.alreadyFinished(folder, String(checkpoint.loop.step)));
    }
  });
}

/**
 * Trains to the end or until Ctrl-C, shown as `loudness` wants it, everything kept in the run's folder.
 * @throws CliError when a figure is no number any more or the disk gives up; what was saved before is intact.
 */
export async function train(training: Training, context: Context, loudness: Loudness): Promise<TrainEnd> {
  const { run, task, loop } = training;
  const { recorder, config, folder } = run;
  const { steps, evalInterval } = config.train;
  const before = await recorder.resume(loop.step);
  const view = openTrainingView(context, loudness, {
    steps,
    firstSample: task.sample && Math.min(steps, (Math.floor(loop.step / evalInterval) + 1) * evalInterval),
    watched: task.watched.metric,
  });
  view.recall(before);
  const metrics: Metric[] = [...before];
  const stop = () => {
    view.notice(context.messages.stopping);
    loop.stop();
  };
  context.signal.addEventListener('abort', stop);
  try {
    const running = loop.run(async (event) => {
      await recorder.record(event);
      const { step } = event;
      if (event.type === 'step') metrics.push({ step, train: event.metrics });
      else if (event.type === 'validation') metrics.push({ step, validation: event.metrics });
      view.event(event);
    });
    // Ctrl-C while the data were being read: one step, and a checkpoint.
    if (context.signal.aborted) stop();
    const end = await running;
    writeReport(training, metrics, end, context);
    return end;
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    const step = String(error.values.step);
    throw new CliError((messages) => messages.diverged(step, folder), { cause: error });
  } finally {
    context.signal.removeEventListener('abort', stop);
    view.end();
  }
}
