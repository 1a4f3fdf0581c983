import type { Picture } from '../data/index.ts';
import type { TrainEvent } from './events.ts';
import type { Metrics } from './task.ts';
import { TensorBoardWriter, type TensorBoardWriterOptions } from './tensorboard/writer.ts';

/** Where a run keeps its files: a folder of a disk, or of a browser's storage. */
export interface RunFiles {
  /** The bytes of a file, or `null` where there is none. */
  read(name: string): Promise<Uint8Array | null>;
  /** Writes a whole file: afterwards it is there as given, or, after an error, as it was. */
  write(name: string, content: Uint8Array | string): Promise<void>;
  /** Adds to the end of a file, which is made when it is not there. */
  append(name: string, content: Uint8Array | string): Promise<void>;
}

export const runFileNames = {
  config: 'config.json',
  tokenizer: 'tokenizer.json',
  /** How the columns of a table become numbers. */
  preparation: 'preparation.json',
  checkpoint: 'checkpoint.safetensors',
  weights: 'model.safetensors',
  metrics: 'metrics.jsonl',
  /** Texts, one after another. */
  samples: 'samples.txt',
  report: 'report.html',
} as const;

/** Where a sample that is no text is kept: `samples/000250.png`. */
export const sampleFile = (step: number, extension: 'png' | 'mid'): string =>
  `samples/${String(step).padStart(6, '0')}.${extension}`;

/** One line of `metrics.jsonl`: the figures of a step's batch, or of the part that is held out. */
export type Metric =
  | { readonly step: number; readonly train: Metrics }
  | { readonly step: number; readonly validation: Metrics };

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

/** A text that a model wrote on the way. */
export interface TextSample {
  readonly step: number;
  readonly text: string;
}

/** Reads `samples.txt`; where a step was made twice, what came last. */
export function parseSamples(content: string): TextSample[] {
  // The text before the first heading, and then step and text in turns.
  const parts = content.split(/^--- (\d+)\n/m).slice(1);
  const texts = new Map<number, string>();
  for (let i = 0; i + 1 < parts.length; i += 2) texts.set(Number(parts[i]), (parts[i + 1] as string).trim());
  return [...texts].map(([step, text]) => ({ step, text }));
}

/** `samples.txt` without what comes after a step. */
function samplesUpTo(content: string, step: number): string {
  const later = [...content.matchAll(/^--- (\d+)$/gm)].find((heading) => Number(heading[1]) > step);
  return later ? content.slice(0, later.index) : content;
}

const toLines = (metrics: readonly Metric[]): string =>
  metrics.map((metric) => `${JSON.stringify(metric)}\n`).join('');

/** A text in Markdown, line by line as it is: a block of code. */
const asMarkdown = (text: string): string => text.replace(/^/gm, '    ');

export interface RunRecorderOptions {
  /** How TensorBoard's event files are written. Default: there are none. */
  readonly tensorBoard?: TensorBoardWriterOptions;
}

/** Writes down what happens in a run: metrics, samples, checkpoints. */
export class RunRecorder {
  readonly #files: RunFiles;
  readonly #encodePicture: (picture: Picture) => Promise<Uint8Array>;
  readonly #options: RunRecorderOptions;
  #pending: Metric[] = [];
  #step = 0;
  #board: TensorBoardWriter | null = null;

  /** @param encodePicture makes a PNG */
  constructor(
    files: RunFiles,
    encodePicture: (picture: Picture) => Promise<Uint8Array>,
    options: RunRecorderOptions = {},
  ) {
    this.#files = files;
    this.#encodePicture = encodePicture;
    this.#options = options;
  }

  /** TensorBoard's event file, begun when there is something to write. */
  get #events(): TensorBoardWriter | null {
    const { tensorBoard } = this.#options;
    if (tensorBoard) {
      this.#board ??= new TensorBoardWriter(this.#files, {
        ...tensorBoard,
        ...(this.#step > 0 && { firstStep: this.#step + 1 }),
      });
    }
    return this.#board;
  }

  #addScalars(kind: 'train' | 'validation', step: number, metrics: Metrics): void {
    for (const [name, value] of Object.entries(metrics))
      this.#events?.addScalar(`${kind}/${name}`, value, step);
  }

  /** Begins a run: its configuration, and what else belongs to its model, such as `tokenizer.json`. */
  async begin(config: unknown, files: ReadonlyMap<string, Uint8Array | string> = new Map()): Promise<void> {
    for (const [name, content] of files) await this.#files.write(name, content);
    await this.#files.write(runFileNames.metrics, '');
    // Last: a folder with a configuration is a run.
    await this.#files.write(runFileNames.config, `${JSON.stringify(config, null, 2)}\n`);
  }

  /**
   * Goes on after the checkpoint of `step`: metrics and texts of steps that will be made once more are dropped.
   * @returns the metrics up to there
   */
  async resume(step: number): Promise<Metric[]> {
    this.#step = step;
    const metrics = parseMetrics((await this.#readText(runFileNames.metrics)) ?? '', step);
    await this.#files.write(runFileNames.metrics, toLines(metrics));
    const samples = await this.#readText(runFileNames.samples);
    if (samples !== null) await this.#files.write(runFileNames.samples, samplesUpTo(samples, step));
    return metrics;
  }

  async #readText(name: string): Promise<string | null> {
    const bytes = await this.#files.read(name);
    return bytes && new TextDecoder().decode(bytes);
  }

  async record(event: TrainEvent): Promise<void> {
    const { step } = event;
    switch (event.type) {
      case 'step':
        this.#pending.push({ step, train: event.metrics });
        this.#addScalars('train', step, event.metrics);
        break;
      case 'validation':
        this.#pending.push({ step, validation: event.metrics });
        this.#addScalars('validation', step, event.metrics);
        break;
      case 'sample': {
        const { sample } = event;
        if (sample.kind === 'text') {
          await this.#files.append(runFileNames.samples, `--- ${step}\n${sample.text}\n\n`);
          this.#events?.addText('sample', asMarkdown(sample.text), step);
        } else if (sample.kind === 'image') {
          const png = await this.#encodePicture(sample.picture);
          await this.#files.write(sampleFile(step, 'png'), png);
          this.#events?.addImage('sample', png, step);
        } else {
          await this.#files.write(sampleFile(step, 'mid'), sample.bytes);
          if (sample.picture) {
            await this.#files.write(sampleFile(step, 'png'), await this.#encodePicture(sample.picture));
          }
        }
        break;
      }
      case 'checkpoint':
        await this.flush();
        await this.#files.write(runFileNames.weights, event.weights);
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
    await this.#board?.flush();
  }
}
