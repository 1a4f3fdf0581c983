import { join } from 'node:path';
import { z } from 'zod';
import { runFileNames } from '../../train/index.ts';
import { CliError } from '../errors.ts';
import { exists, makeFolder, readBytes, readJson, writeAtomic } from '../files.ts';

/** What makes a folder one of a fine-tuning; `config.json` there is the model's own, as Hugging Face has it. */
export const FINETUNE_FILE = 'finetune.json';
export const ADAPTER_FOLDER = 'adapter';

const schema = z.object({
  format: z.literal(1),
  model: z.string().min(1),
  revision: z.string().nullable().default(null),
  data: z.string().min(1),
  steps: z.int().min(1),
  settings: z.record(z.string(), z.unknown()),
});

export type FinetuneConfig = Readonly<z.output<typeof schema>>;

export const isFinetuneFolder = (folder: string): boolean => exists(join(folder, FINETUNE_FILE));

/** One fine-tuning on the disk. */
export class FinetuneRun {
  readonly folder: string;
  readonly config: FinetuneConfig;

  constructor(folder: string, config: FinetuneConfig) {
    this.folder = folder;
    this.config = config;
  }

  /** @throws CliError when there is none, or its file is damaged */
  static open(folder: string): FinetuneRun {
    const path = join(folder, FINETUNE_FILE);
    if (!exists(path)) throw new CliError((messages) => messages.runMissing(folder));
    const result = schema.safeParse(readJson(path));
    if (result.success) return new FinetuneRun(folder, result.data);
    const reason = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new CliError((messages) => messages.configInvalid(path, reason));
  }

  /** @throws CliError when the folder is there already */
  create(): void {
    const { folder, config } = this;
    if (exists(folder)) throw new CliError((messages) => messages.runExists(folder));
    makeFolder(folder);
    writeAtomic(join(folder, runFileNames.metrics), '');
    writeAtomic(join(folder, FINETUNE_FILE), `${JSON.stringify(config, null, 2)}\n`);
  }

  get checkpointPath(): string {
    return join(this.folder, runFileNames.checkpoint);
  }

  /** @throws CliError when none was saved yet */
  readCheckpoint(): Uint8Array {
    if (!exists(this.checkpointPath)) throw new CliError((messages) => messages.noCheckpoint(this.folder));
    return readBytes(this.checkpointPath);
  }
}
