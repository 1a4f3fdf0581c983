import { basename, join, resolve } from 'node:path';
import { mergeConfig, type Overrides, parseAssignment } from '../../recipes/index.ts';
import {
  CheckpointError,
  DivergedError,
  decodeCheckpoint,
  type Metric,
  RunRecorder,
  type TrainEvent,
  TrainingLoop,
} from '../../train/index.ts';
import {
  FinetuneError,
  type Finetuning,
  finetuneSettings,
  PeftError,
  prepareFinetuning,
  readRecords,
} from '../../transformers/index.ts';
import { openTrainingView } from '../display.ts';
import { CliError, usageError } from '../errors.ts';
import { exists, readBytes, readJson, writeAtomic } from '../files.ts';
import { type FinetuneConfig, FinetuneRun, isFinetuneFolder } from '../finetune/finetuneRun.ts';
import { saveTuned } from '../finetune/saveTuned.ts';
import type { Context, Loudness } from '../io.ts';
import { availableOn } from '../memory.ts';
import { encodeEnlarged } from '../pictureFiles.ts';
import { filesIn, freeFolder, nameFromPath, runFolders, runsFolder } from '../run.ts';

export interface FinetuneCommandOptions {
  readonly model?: string;
  readonly data?: string;
  readonly lora: boolean;
  readonly configFile?: string;
  readonly assignments: readonly string[];
  readonly given: Overrides;
  readonly revision?: string;
  readonly out?: string;
  readonly resume?: string | true;
  readonly device: string;
  readonly loudness: Loudness;
}

/** What is wrong with data, settings and memory is an error that the user can do something about. */
async function told<T>(operation: () => T | Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!(error instanceof FinetuneError || error instanceof PeftError)) throw error;
    const { message } = error;
    throw new CliError((messages) => messages.finetuneRefused(message), { cause: error });
  }
}

/** A file of settings, what was typed over it. */
function settingsOf({ configFile, assignments, given, lora }: FinetuneCommandOptions): Overrides {
  const file = configFile === undefined ? {} : readJson(configFile);
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw usageError((messages) => messages.notJsonObject(configFile as string));
  }
  const typed = assignments.map((assignment) => {
    try {
      return parseAssignment(assignment);
    } catch (error) {
      throw usageError(() => (error as Error).message);
    }
  });
  const asked = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return [file as Overrides, lora ? { lora: {} } : {}, asked, ...typed].reduce(mergeConfig, {});
}

const isFolder = (name: string): boolean => exists(join(name, 'config.json'));

interface Opened {
  readonly run: FinetuneRun;
  readonly tuning: Finetuning;
  readonly loop: TrainingLoop;
}

function prepare(
  { model, revision, data, settings }: Pick<FinetuneConfig, 'model' | 'revision' | 'data' | 'settings'>,
  device: string,
): Promise<Finetuning> {
  return told(() => {
    const content = new TextDecoder('utf-8', { fatal: true });
    let text: string;
    try {
      text = content.decode(readBytes(data)).replace(/^\ufeff/, '');
    } catch (error) {
      if (error instanceof CliError) throw error;
      throw new FinetuneError(`${data}: it is no text in UTF-8.`);
    }
    return prepareFinetuning({
      source: model,
      ...(revision !== null && { revision }),
      records: readRecords(text, basename(data)),
      settings,
      device,
      availableBytes: availableOn(device),
    });
  });
}

const loopOf = ({ task, settings }: Finetuning, steps: number): TrainingLoop =>
  new TrainingLoop(task, { steps, evalInterval: settings.evalInterval });

async function begin(options: FinetuneCommandOptions): Promise<Opened> {
  const { model, data, device } = options;
  if (model === undefined || data === undefined) throw usageError((messages) => messages.finetuneNeeds);
  const source = isFolder(model) ? resolve(model) : model;
  const asked = await told(() => finetuneSettings(settingsOf(options)));
  // An adapter says which model it is for.
  const settings = asked.lora ? { ...asked, lora: { ...asked.lora, baseModelNameOrPath: source } } : asked;
  const folder =
    options.out ?? freeFolder(join(runsFolder, `finetune-${nameFromPath(model)}-${nameFromPath(data)}`));
  if (exists(folder)) throw new CliError((messages) => messages.runExists(folder));
  const where = { model: source, revision: options.revision ?? null, data: resolve(data), settings };
  const tuning = await prepare(where, device);
  const run = new FinetuneRun(folder, { format: 1, ...where, steps: tuning.task.steps });
  return { run, tuning, loop: loopOf(tuning, run.config.steps) };
}

async function resume(folder: string, device: string): Promise<Opened> {
  const run = FinetuneRun.open(folder);
  const damaged = (message: string, cause: unknown) =>
    new CliError((messages) => messages.checkpointDamaged(run.checkpointPath, message), { cause });
  const checkpoint = (() => {
    const bytes = run.readCheckpoint();
    try {
      return decodeCheckpoint(bytes);
    } catch (error) {
      throw error instanceof CheckpointError ? damaged(error.message, error) : error;
    }
  })();
  if (checkpoint.loop.step >= run.config.steps) {
    throw new CliError((messages) => messages.alreadyFinished(folder, String(checkpoint.loop.step)));
  }
  const tuning = await prepare(run.config, device);
  try {
    const loop = loopOf(tuning, run.config.steps);
    loop.restore(checkpoint);
    return { run, tuning, loop };
  } catch (error) {
    tuning.task.dispose();
    throw error instanceof CheckpointError ? damaged(error.message, error) : error;
  }
}

/** The fine-tuning that was written to last. */
function latest(): string {
  const folder = runFolders().find(isFinetuneFolder);
  if (folder === undefined) throw new CliError((messages) => messages.noRuns);
  return folder;
}

function introduce({ run, tuning }: Opened, { output, messages, format, theme }: Context): void {
  const { facts, settings } = tuning;
  const { trainable, parameters, bytes } = facts;
  const mib = bytes === null ? '—' : `${format.integer(Math.ceil(bytes / 2 ** 20))}\u00a0MiB`;
  const lines = [
    messages.finetuneModel(run.config.model, format.integer(parameters)),
    messages.finetuneLearns(
      format.integer(trainable),
      format.number((100 * trainable) / parameters, 2),
      settings.lora !== null,
    ),
    messages.finetuneData(
      basename(run.config.data),
      format.integer(facts.trainRows),
      format.integer(facts.heldOutRows),
    ),
    ...(facts.truncated > 0 ? [messages.finetuneTruncated(format.integer(facts.truncated))] : []),
    ...(facts.labels ? [messages.finetuneLabels(facts.labels.slice(0, 12).join(', '))] : []),
    messages.finetuneMemory(mib),
  ];
  output.write(`\n  ${theme.ember('▲')} ${theme.strong('lumbre finetune')}\n`);
  for (const line of lines) output.write(`  ${line}\n`);
  output.write(`  ${theme.muted(run.folder)}\n\n`);
}

/** Trains to the end, or until Ctrl-C. */
async function train(opened: Opened, isNew: boolean, context: Context, loudness: Loudness): Promise<void> {
  const { run, tuning, loop } = opened;
  const { task } = tuning;
  const { messages, output, theme, signal } = context;
  const recorder = new RunRecorder(filesIn(run.folder), encodeEnlarged);
  const before: Metric[] = await recorder.resume(loop.step);
  const view = openTrainingView(context, loudness, {
    steps: loop.config.steps,
    firstSample: task.sample && loop.step,
    watched: task.watched.metric,
  });
  view.recall(before);
  const stop = () => {
    view.notice(messages.stopping);
    loop.stop();
  };
  signal.addEventListener('abort', stop);
  const hear = async (event: TrainEvent): Promise<void> => {
    if (event.type === 'checkpoint') {
      await recorder.flush();
      await saveTuned(tuning, run.folder);
      // Last: what it goes on from is there with all that belongs to it.
      writeAtomic(run.checkpointPath, event.bytes);
    } else await recorder.record(event);
    view.event(event);
  };
  try {
    if (isNew && task.sample) {
      const sample = await task.sample({ step: 0, steps: loop.config.steps, fraction: 0 });
      await hear({ type: 'sample', step: 0, sample });
    }
    const running = loop.run(hear);
    if (signal.aborted) stop();
    const end = await running;
    view.end();
    if (loudness !== 'normal') return;
    const done = end === 'finished' ? messages.finetuneDone : messages.finetuneStopped;
    output.write(`\n  ${done(run.folder)}\n`);
    const next =
      end === 'stopped'
        ? `lumbre finetune --resume ${run.folder}`
        : tuning.facts.kind === 'causal' && tuning.settings.dtype !== 'int8'
          ? `lumbre generate ${run.folder}`
          : null;
    if (next) output.write(`  ${theme.muted(`npx ${next}`)}\n`);
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    const step = String(error.values.step);
    throw new CliError((known) => known.diverged(step, run.folder), { cause: error });
  } finally {
    signal.removeEventListener('abort', stop);
    view.end();
  }
}

/** `lumbre finetune`: teaches a pretrained model more, or goes on doing so. */
export async function finetuneModel(options: FinetuneCommandOptions, context: Context): Promise<void> {
  const { loudness, device } = options;
  const isNew = options.resume === undefined;
  const opened =
    options.resume === undefined
      ? await begin(options)
      : await resume(options.resume === true ? latest() : options.resume, device);
  try {
    if (isNew) opened.run.create();
    if (loudness === 'normal') introduce(opened, context);
    await train(opened, isNew, context, loudness);
  } finally {
    opened.tuning.task.dispose();
  }
}
