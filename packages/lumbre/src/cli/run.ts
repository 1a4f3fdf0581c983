import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Language } from '../data/stories/index.ts';
import { completeGPTConfig, type GPTConfig } from '../models/index.ts';
import { CharTokenizer } from '../text/index.ts';
import {
  completeTrainConfig,
  type RunFiles,
  RunRecorder,
  runFileNames,
  type TrainConfig,
} from '../train/index.ts';
import { CliError } from './errors.ts';
import { append, exists, makeFolder, readBytes, readJson, writeAtomic } from './files.ts';

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

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
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

/** The files of a folder. What cannot be read or written is told as a CliError. */
const filesIn = (folder: string): RunFiles => ({
  async read(name) {
    const path = join(folder, name);
    return exists(path) ? readBytes(path) : null;
  },
  async write(name, content) {
    writeAtomic(join(folder, name), content);
  },
  async append(name, text) {
    append(join(folder, name), text);
  },
});

/** One training on the disk: a folder with `runFileNames`. */
export class Run {
  readonly folder: string;
  readonly config: RunConfig;
  readonly tokenizer: CharTokenizer;
  readonly recorder: RunRecorder;

  /** A run that is on the disk only once `create` was called. */
  constructor(folder: string, config: RunConfig, tokenizer: CharTokenizer) {
    this.folder = folder;
    this.config = config;
    this.tokenizer = tokenizer;
    this.recorder = new RunRecorder(filesIn(folder), (tokens) => tokenizer.decode(tokens));
  }

  /** Makes the folder. @throws CliError when it exists or cannot be written. */
  async create(): Promise<void> {
    const { folder, config, tokenizer } = this;
    if (exists(folder)) throw new CliError((messages) => messages.runExists(folder));
    makeFolder(folder);
    await this.recorder.begin({ format: FORMAT, ...config }, tokenizer.toJSON());
  }

  /** Opens a run. @throws CliError when there is none, it is of another version, or its files are damaged. */
  static open(folder: string): Run {
    const path = join(folder, runFileNames.config);
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
    const tokenizerPath = join(folder, runFileNames.tokenizer);
    const tokenizerJson = readJson(tokenizerPath);
    try {
      return new Run(folder, config, CharTokenizer.fromJSON(tokenizerJson));
    } catch (error) {
      throw new CliError((messages) => messages.configInvalid(tokenizerPath, 'alphabet'), { cause: error });
    }
  }

  get checkpointPath(): string {
    return join(this.folder, runFileNames.checkpoint);
  }

  /** @throws CliError when none was saved yet. */
  readCheckpoint(): Uint8Array {
    if (!exists(this.checkpointPath)) throw new CliError((messages) => messages.noCheckpoint(this.folder));
    return readBytes(this.checkpointPath);
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
  const modified = (folder: string) => statSync(join(folder, runFileNames.config)).mtimeMs;
  const newest = (folder: string) =>
    exists(join(folder, runFileNames.checkpoint))
      ? statSync(join(folder, runFileNames.checkpoint)).mtimeMs
      : modified(folder);
  const folders = exists(runs)
    ? readdirSync(runs)
        .map((name) => join(runs, name))
        .filter((folder) => exists(join(folder, runFileNames.config)))
    : [];
  const latest = folders.sort((a, b) => newest(b) - newest(a))[0];
  if (latest === undefined) throw new CliError((messages) => messages.noRuns);
  return latest;
}
