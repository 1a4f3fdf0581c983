import { completeGPTConfig, GPT, type GPTConfig } from '../models/index.ts';
import { Generator } from '../tensor/generator.ts';
import {
  type Checkpoint,
  CheckpointError,
  completeTrainConfig,
  DivergedError,
  decodeCheckpoint,
  modelOf,
  type TrainConfig,
  type TrainEnd,
  Trainer,
} from '../train/index.ts';
import { type Corpus, loadCorpus, STORY_END } from './corpus.ts';
import { openTrainingView } from './display.ts';
import { CliError } from './errors.ts';
import type { Context, Loudness } from './io.ts';
import { Run, type RunData } from './run.ts';

/** A training, ready to begin or to go on. */
export interface Training {
  readonly run: Run;
  readonly corpus: Corpus;
  readonly model: GPT;
  readonly trainer: Trainer;
}

export interface NewTraining {
  readonly folder: string;
  readonly data: RunData;
  readonly model: Omit<GPTConfig, 'vocabSize'>;
  readonly train: Partial<TrainConfig>;
  readonly device: string;
}

/** How samples along the way are drawn. */
const sampling = { temperature: 0.8, topP: 0.95 } as const;
/** How long they are: stories end by themselves. */
const sampleTokens = { stories: 260, text: 240 } as const;

/** What texts begin with: a line end where the alphabet has one. */
export function firstToken({ tokenizer }: Run): number {
  return tokenizer.covers(STORY_END) ? (tokenizer.encode(STORY_END)[0] as number) : 0;
}

function makeTraining(run: Run, corpus: Corpus, device: string): Training {
  const { model: modelConfig, train, data } = run.config;
  const generator = new Generator(train.seed);
  const model = new GPT(modelConfig, { device, generator });
  const first = firstToken(run);
  const sample = {
    prompt: [first],
    maxNewTokens: sampleTokens[data.kind],
    stopToken: data.kind === 'stories' ? first : undefined,
    ...sampling,
  };
  try {
    const trainer = new Trainer({ model, config: train, data: corpus.data, generator, sample });
    return { run, corpus, model, trainer };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

export function disposeTraining({ trainer, model }: Training): void {
  trainer.dispose();
  model.dispose();
}

/** Runs `operation`; a training that it could not make ready is put away. */
async function orDispose(training: Training, operation: () => void | Promise<void>): Promise<Training> {
  try {
    await operation();
    return training;
  } catch (error) {
    disposeTraining(training);
    throw error;
  }
}

/**
 * Begins a run in a new folder. What is wrong with the text or the settings is found before anything is written.
 * @throws CliError, TextError, RangeError
 */
export async function beginTraining({ folder, data, model, train, device }: NewTraining): Promise<Training> {
  const corpus = loadCorpus(data);
  const { tokenizer } = corpus;
  const config = {
    data,
    model: completeGPTConfig({ ...model, vocabSize: tokenizer.vocabSize }),
    train: completeTrainConfig(train),
  };
  const run = new Run(folder, config, tokenizer);
  return orDispose(makeTraining(run, corpus, device), () => run.create());
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

const readCheckpoint = (run: Run): Checkpoint =>
  aboutCheckpoint(run, () => decodeCheckpoint(run.readCheckpoint()));

/**
 * Takes up a run where its checkpoint left it.
 * @throws CliError when there is none, it is finished, or one of its files is damaged or has changed.
 */
export async function resumeTraining(folder: string, device: string): Promise<Training> {
  const run = Run.open(folder);
  const checkpoint = readCheckpoint(run);
  const { steps, seconds } = run.config.train;
  const { state } = checkpoint;
  if (state.step >= steps || (seconds !== null && state.seconds >= seconds)) {
    throw new CliError((messages) => messages.alreadyFinished(folder, String(state.step)));
  }
  const training = makeTraining(run, loadCorpus(run.config.data, run.tokenizer), device);
  return orDispose(training, () => aboutCheckpoint(run, () => training.trainer.restore(checkpoint)));
}

/** The model of a run, as its checkpoint keeps it, to write with. @throws CliError */
export function loadModel(run: Run, device: string): GPT {
  const checkpoint = readCheckpoint(run);
  return aboutCheckpoint(run, () => modelOf(checkpoint, { device }));
}

/**
 * Trains to the end or until Ctrl-C, shown as `loudness` wants it, everything kept in the run's folder.
 * @throws CliError when the loss is no number any more or the disk gives up; what was saved before is intact.
 */
export async function train(
  { run, trainer }: Training,
  context: Context,
  loudness: Loudness,
): Promise<TrainEnd> {
  const { recorder, config, folder, tokenizer } = run;
  const { steps, evalInterval } = config.train;
  const before = await recorder.resume(trainer.step);
  const view = openTrainingView(context, loudness, {
    steps,
    firstSample: Math.min(steps, (Math.floor(trainer.step / evalInterval) + 1) * evalInterval),
    decode: (tokens) => tokenizer.decode(tokens),
  });
  view.recall(
    before.flatMap((metric) => ('loss' in metric ? [metric] : [])),
    before.flatMap((metric) =>
      'validationLoss' in metric ? [{ step: metric.step, loss: metric.validationLoss }] : [],
    ),
  );
  const stop = () => {
    view.notice(context.messages.stopping);
    trainer.stop();
  };
  context.signal.addEventListener('abort', stop);
  try {
    const running = trainer.run(async (event) => {
      await recorder.record(event);
      view.event(event);
    });
    // Ctrl-C while the text was being read: one step, and a checkpoint.
    if (context.signal.aborted) stop();
    return await running;
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    const step = String(error.values.step);
    throw new CliError((messages) => messages.diverged(step, folder), { cause: error });
  } finally {
    context.signal.removeEventListener('abort', stop);
    view.end();
  }
}
