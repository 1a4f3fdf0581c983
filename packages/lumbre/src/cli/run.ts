import { readdirSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { ModelFiles, Recipe, RecipeConfig, SavedModelParts } from '../recipes/index.ts';
import { configFile, readConfigFile } from '../recipes/index.ts';
import { type RunFiles, RunRecorder, runFileNames } from '../train/index.ts';
import { CliError } from './errors.ts';
import { append, exists, makeFolder, readBytes, readJson, writeAtomic } from './files.ts';
import { encodeEnlarged } from './pictureFiles.ts';

/** The files of a folder. What cannot be read or written is told as a CliError. */
export const filesIn = (folder: string): RunFiles => ({
  async read(name) {
    const path = join(folder, name);
    return exists(path) ? readBytes(path) : null;
  },
  async write(name, content) {
    const path = join(folder, name);
    makeFolder(dirname(path));
    writeAtomic(path, content);
  },
  async append(name, content) {
    append(join(folder, name), content);
  },
});

/** Files that may belong to a model beside its weights. */
const modelFiles = [runFileNames.tokenizer, runFileNames.preparation];

/** One training on the disk: a folder with `runFileNames`. */
export class Run {
  readonly folder: string;
  readonly recipe: Recipe;
  readonly config: RecipeConfig;
  readonly files: ModelFiles;
  readonly recorder: RunRecorder;

  /** A run that is on the disk only once `create` was called. */
  constructor(folder: string, recipe: Recipe, config: RecipeConfig, files: ModelFiles) {
    this.folder = folder;
    this.recipe = recipe;
    this.config = config;
    this.files = files;
    this.recorder = new RunRecorder(filesIn(folder), encodeEnlarged, {
      tensorBoard: { host: hostname(), pid: process.pid },
    });
  }

  /** Makes the folder. @throws CliError when it exists or cannot be written. */
  async create(): Promise<void> {
    const { folder, recipe, config, files } = this;
    if (exists(folder)) throw new CliError((messages) => messages.runExists(folder));
    makeFolder(folder);
    await this.recorder.begin(configFile(recipe, config), files);
  }

  /** Opens a run. @throws CliError when there is none, it is of another version, or its files are damaged. */
  static open(folder: string): Run {
    const path = join(folder, runFileNames.config);
    if (!exists(path)) throw new CliError((messages) => messages.runMissing(folder));
    const json = readJson(path);
    try {
      const { recipe, config } = readConfigFile(json);
      return new Run(folder, recipe, config, readModelFiles(folder));
    } catch (error) {
      if (error instanceof CliError) throw error;
      const reason = (error as Error).message;
      throw new CliError((messages) => messages.configInvalid(path, reason), { cause: error });
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

function readModelFiles(folder: string): ModelFiles {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return new Map(
    modelFiles
      .filter((name) => exists(join(folder, name)))
      .map((name) => [name, decoder.decode(readBytes(join(folder, name)))]),
  );
}

/** Reads the model of a folder: a run's, or one that was published. @throws CliError when there is none. */
export function readModelFolder(folder: string): SavedModelParts {
  const path = join(folder, runFileNames.config);
  if (!exists(path)) throw new CliError((messages) => messages.runMissing(folder));
  const weights = join(folder, runFileNames.weights);
  if (!exists(weights)) throw new CliError((messages) => messages.noCheckpoint(folder));
  return { config: readJson(path), weights: readBytes(weights), files: readModelFiles(folder) };
}

/** The name that is free: `runs/stories`, or else `runs/stories-2`, `runs/stories-3`, … */
export function freeFolder(wished: string): string {
  for (let number = 1; ; number++) {
    const folder = number === 1 ? wished : `${wished}-${number}`;
    if (!exists(folder)) return folder;
  }
}

/** The name of a file that is free: `faces.png`, or else `faces-2.png`, `faces-3.png`, … */
export function freeFile(wished: string): string {
  for (let number = 1; ; number++) {
    const file = number === 1 ? wished : wished.replace(/(\.[^.]*)?$/, `-${number}$1`);
    if (!exists(file)) return file;
  }
}

/** A name for a run from the name of its data: without folders and ending. */
export const nameFromPath = (path: string): string => basename(path).replace(/\.[^.]*$/, '') || 'data';

/** Where runs go unless told otherwise. */
export const runsFolder = 'runs';

/** The folders of runs, the one that was written to last first. */
export function runFolders(runs = runsFolder): string[] {
  const written = (folder: string) =>
    Math.max(
      ...[runFileNames.checkpoint, runFileNames.config].map(
        (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
      ),
    );
  if (!exists(runs)) return [];
  return readdirSync(runs)
    .map((name) => join(runs, name))
    .filter((folder) => [runFileNames.config, 'finetune.json'].some((name) => exists(join(folder, name))))
    .sort((a, b) => written(b) - written(a));
}

/** The run that was written to last. @throws CliError when there is none. */
export function latestRun(runs = runsFolder): string {
  const [latest] = runFolders(runs);
  if (latest === undefined) throw new CliError((messages) => messages.noRuns);
  return latest;
}
