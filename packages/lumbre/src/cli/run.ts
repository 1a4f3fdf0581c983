import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Language } from '../data/stories/index.ts';
import { completeGPTConfig, type GPTConfig } from '../models/index.ts';
import { CharTokenizer } from '../text/index.ts';
import { completeTrainConfig, type TrainConfig } from '../train/index.ts';
import { CliError } from './errors.ts';
import { append, appendJsonLine, exists, makeFolder, readBytes, readJson, readJsonLines, writeAtomic } from './files.ts';

/**
 * A run folder holds all of one training:
 *
 * - config.json: what was trained, on what and how
 * - tokenizer.json: the alphabet
 * - checkpoint.safetensors: weights, and all that is needed to go on
 * - metrics.jsonl: one line for each step and each validation
 * - samples.txt: what the model wrote on the way
 */
const names = {
  config: 'config.json',
  tokenizer: 'tokenizer.json',
  checkpoint: 'checkpoint.safetensors',
  metrics: 'metrics.jsonl',
  samples: 'samples.txt',
} as const;

const FORMAT = 1;

/** Where the text comes from. */
export type RunData =
  | {
      readonly kind: 'stories';
      readonly language: Language;
      readonly seed: number;
      readonly trainingStories: number;
      readonly heldOutStories: number;
    }
  | {
      readonly kind: 'text';
      readonly path: string;
      /** Of the file's bytes: tells whether it is still the same. */
      readonly sha256: string;
    };

export interface RunConfig {
  readonly data: RunData;
  readonly model: Required<GPTConfig>;
  readonly train: TrainConfig;
}

/** What `metrics.jsonl` keeps of a step or a validation. */
export interface Metric {
  readonly step: number;
  readonly loss?: number;
  readonly learningRate?: number;
  readonly validationLoss?: number;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;

/** Whether `data` describes a text as this version writes it. */
function isRunData(data: unknown): data is RunData {
  if (!isFields(data)) return false;
  if (data.kind === 'text') return typeof data.path === 'string' && typeof data.sha256 === 'string';
  return (
    data.kind === 'stories' &&
    (data.language === 'es' || data.language === 'en') &&
    [data.seed, data.trainingStories, data.heldOutStories].every(isCount)
  );
}

/** One training on the disk. */
export class Run {
  readonly folder: string;
  readonly config: RunConfig;
  readonly tokenizer: CharTokenizer;

  private constructor(folder: string, config: RunConfig, tokenizer: CharTokenizer) {
    this.folder = folder;
    this.config = config;
    this.tokenizer = tokenizer;
  }

  /** Begins a run in a folder that does not exist yet. @throws CliError when it exists or cannot be written. */
  static create(folder: string, config: RunConfig, tokenizer: CharTokenizer): Run {
    makeFolder(join(folder, '..'));
    try {
      mkdirSync(folder);
    } catch (error) {
      if ((error as { code?: unknown }).code === 'EEXIST') {
        throw new CliError((messages) => messages.runExists(folder), { cause: error });
      }
      makeFolder(folder);
    }
    const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
    writeAtomic(join(folder, names.tokenizer), json(tokenizer.toJSON()));
    writeAtomic(join(folder, names.config), json({ format: FORMAT, ...config }));
    return new Run(folder, config, tokenizer);
  }

  /** Opens a run. @throws CliError when there is none, it is of another version, or its files are damaged. */
  static open(folder: string): Run {
    const path = join(folder, names.config);
    if (!exists(path)) throw new CliError((messages) => messages.runMissing(folder));
    const json = readJson(path);
    const invalid = (field: string, cause?: unknown) =>
      new CliError((messages) => messages.configInvalid(path, field), { cause });
    if (!isFields(json)) throw invalid('format');
    const { format, data, model, train } = json;
    if (format !== FORMAT) {
      const found = typeof format === 'number' ? String(format) : '?';
      throw new CliError((messages) => messages.runVersion(folder, found, FORMAT));
    }
    if (!isRunData(data)) throw invalid('data');
    const check = <T>(field: string, read: () => T): T => {
      try {
        return read();
      } catch (error) {
        throw invalid(field, error);
      }
    };
    if (!isFields(model)) throw invalid('model');
    if (!isFields(train)) throw invalid('train');
    const config: RunConfig = {
      data,
      model: check('model', () => completeGPTConfig(model as unknown as GPTConfig)),
      train: check('train', () => completeTrainConfig(train as Partial<TrainConfig>)),
    };
    const tokenizerPath = join(folder, names.tokenizer);
    const tokenizerJson = readJson(tokenizerPath);
    try {
      return new Run(folder, config, CharTokenizer.fromJSON(tokenizerJson));
    } catch (error) {
      throw new CliError((messages) => messages.configInvalid(tokenizerPath, 'alphabet'), { cause: error });
    }
  }

  get checkpointPath(): string {
    return join(this.folder, names.checkpoint);
  }

  /** @throws CliError when none was saved yet. */
  readCheckpoint(): Uint8Array {
    if (!exists(this.checkpointPath)) throw new CliError((messages) => messages.noCheckpoint(this.folder));
    return readBytes(this.checkpointPath);
  }

  saveCheckpoint(bytes: Uint8Array): void {
    writeAtomic(this.checkpointPath, bytes);
  }

  addMetric(metric: Metric): void {
    appendJsonLine(join(this.folder, names.metrics), metric);
  }

  addSample(heading: string, text: string): void {
    append(join(this.folder, names.samples), `── ${heading} ──\n${text}\n\n`);
  }

  /**
   * The metrics up to a step; those after it are dropped from the file, because a run that goes on from a checkpoint
   * makes these steps again.
   */
  rewindMetrics(step: number): Metric[] {
    const path = join(this.folder, names.metrics);
    const kept = readJsonLines(path).filter(
      (value): value is Metric & Fields => isFields(value) && isCount(value.step) && (value.step as number) <= step,
    );
    writeAtomic(path, kept.map((metric) => `${JSON.stringify(metric)}\n`).join(''));
    return kept;
  }
}

/** The name that is free: `runs/stories`, or else `runs/stories-2`, `runs/stories-3`, … */
export function freeFolder(wished: string): string {
  for (let number = 1; ; number++) {
    const folder = number === 1 ? wished : `${wished}-${number}`;
    if (!exists(folder)) return folder;
  }
}

/** A name for a run from the name of its text: without folders and ending. */
export const nameFromPath = (path: string): string => basename(path).replace(/\.[^.]*$/, '') || 'text';

/** The run in a folder of runs that was written to last. @throws CliError when there is none. */
export function latestRun(runs: string): string {
  const modified = (folder: string) => statSync(join(folder, names.config)).mtimeMs;
  const newest = (folder: string) =>
    exists(join(folder, names.checkpoint)) ? statSync(join(folder, names.checkpoint)).mtimeMs : modified(folder);
  const folders = exists(runs)
    ? readdirSync(runs)
        .map((name) => join(runs, name))
        .filter((folder) => exists(join(folder, names.config)))
    : [];
  const latest = folders.sort((a, b) => newest(b) - newest(a))[0];
  if (latest === undefined) throw new CliError((messages) => messages.noRuns);
  return latest;
}
