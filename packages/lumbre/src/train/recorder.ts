import type { TrainEvent } from './events.ts';

/** Where a run keeps its files: a folder of a disk, or of a browser's storage. */
export interface RunFiles {
  /** The bytes of a file, or `null` where there is none. */
  read(name: string): Promise<Uint8Array | null>;
  /** Writes a whole file: afterwards it is there as given, or, after an error, as it was. */
  write(name: string, content: Uint8Array | string): Promise<void>;
  /** Adds to the end of a file. */
  append(name: string, text: string): Promise<void>;
}

export const runFileNames = {
  config: 'config.json',
  tokenizer: 'tokenizer.json',
  checkpoint: 'checkpoint.safetensors',
  metrics: 'metrics.jsonl',
  samples: 'samples.txt',
} as const;

/** One line of `metrics.jsonl`. */
export type Metric =
  | { readonly step: number; readonly loss: number; readonly lr: number; readonly gradNorm: number }
  | { readonly step: number; readonly validationLoss: number };

/** Lines are written when so many have come together, and before each checkpoint. */
const LINES_AT_ONCE = 50;

/** Reads `metrics.jsonl` up to a step; lines that are cut short or later are left out. */
export function parseMetrics(text: string, upToStep = Number.POSITIVE_INFINITY): Metric[] {
  return text.split('\n').flatMap((line) => {
    try {
      const metric = JSON.parse(line) as Metric;
      return typeof metric.step === 'number' && metric.step <= upToStep ? [metric] : [];
    } catch {
      return [];
    }
  });
}

const toLines = (metrics: readonly Metric[]): string =>
  metrics.map((metric) => `${JSON.stringify(metric)}\n`).join('');

/** Writes down what happens in a run: metrics, samples, checkpoints. */
export class RunRecorder {
  readonly #files: RunFiles;
  readonly #decode: (tokens: readonly number[]) => string;
  #pending: Metric[] = [];

  /** @param decode makes text of a sample's tokens */
  constructor(files: RunFiles, decode: (tokens: readonly number[]) => string) {
    this.#files = files;
    this.#decode = decode;
  }

  /** Begins a run's files anew. */
  async begin(config: unknown, tokenizer: unknown): Promise<void> {
    const write = (name: string, json: unknown) =>
      this.#files.write(name, `${JSON.stringify(json, null, 2)}\n`);
    await write(runFileNames.config, config);
    await write(runFileNames.tokenizer, tokenizer);
    await this.#files.write(runFileNames.metrics, '');
    await this.#files.write(runFileNames.samples, '');
  }

  /**
   * Goes on after the checkpoint of `step`: metrics of steps that will be made once more are dropped.
   * @returns the metrics up to there
   */
  async resume(step: number): Promise<Metric[]> {
    const bytes = await this.#files.read(runFileNames.metrics);
    const metrics = parseMetrics(new TextDecoder().decode(bytes ?? new Uint8Array(0)), step);
    await this.#files.write(runFileNames.metrics, toLines(metrics));
    return metrics;
  }

  async record(event: TrainEvent): Promise<void> {
    switch (event.type) {
      case 'step': {
        const { step, loss, lr, gradNorm } = event;
        this.#pending.push({ step, loss, lr, gradNorm });
        break;
      }
      case 'validation':
        this.#pending.push({ step: event.step, validationLoss: event.loss });
        break;
      case 'sample': {
        const text = this.#decode(event.tokens);
        await this.#files.append(runFileNames.samples, `--- ${event.step}\n${text}\n\n`);
        break;
      }
      case 'checkpoint':
        await this.flush();
        await this.#files.write(runFileNames.checkpoint, event.bytes);
        break;
    }
    if (this.#pending.length >= LINES_AT_ONCE) await this.flush();
  }

  /** Writes the metrics that are still waiting. */
  async flush(): Promise<void> {
    const lines = this.#pending;
    this.#pending = [];
    if (lines.length > 0) await this.#files.append(runFileNames.metrics, toLines(lines));
  }
}
