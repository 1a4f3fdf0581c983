import type { z } from 'zod';
import type { Picture } from '../data/index.ts';
import type { Module } from '../nn/index.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { LoopConfig, Metrics, Task } from '../train/index.ts';
import type { Workshop } from './workshop.ts';

/** A text in the two languages. */
export interface Words {
  readonly es: string;
  readonly en: string;
}

/** What comes out of a training. */
export type Family = 'text' | 'images' | 'music' | 'classifiers' | 'clusters' | 'tables';

/**
 * All settings of a training, as they are kept in `config.json`: what it learns from, the sizes of the model, and how it
 * is trained.
 */
export interface RecipeConfig {
  readonly data: { readonly name: string };
  readonly model: object;
  readonly train: LoopConfig & { readonly seed: number };
}

/** A file of a model beside its weights: `tokenizer.json`. */
export type ModelFiles = ReadonlyMap<string, string>;

/** A training, ready to begin. */
export interface Prepared<Config extends RecipeConfig> {
  readonly task: Task;
  /** The configuration with what the data decide, such as the size of a vocabulary. */
  readonly config: Config;
  readonly files: ModelFiles;
  /** What it learns from, in a line: `1 115 394 characters, 65 different ones`. */
  readonly about: Words;
}

/** How a text is written. */
export interface WriteOptions {
  readonly maxNewTokens: number;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

export interface PaintOptions {
  readonly count: number;
  readonly seed?: number;
  /** A class, by its number, for models that are told which. */
  readonly label?: number;
  readonly signal?: AbortSignal;
  /** How freely, where a model draws codes one by one. */
  readonly temperature?: number;
  /** How many steps lead from noise to a picture, where a model goes that way. */
  readonly samplingSteps?: number;
}

export interface ComposeOptions {
  readonly count: number;
  readonly seed?: number;
  readonly temperature?: number;
  readonly signal?: AbortSignal;
}

/** What a classifier takes a picture for. */
export interface Classified {
  /** The class, by its number. */
  readonly label: number;
  readonly name: string;
  readonly probability: number;
}

/** What could stand in a gap of a text. */
export interface Filling {
  /** As it is written there, with the space before it where it has one. */
  readonly token: string;
  readonly probability: number;
}

/** What a trained model can do; what it cannot is not there. */
export interface Creation {
  readonly model: Module;
  /** Writes on from a beginning, in pieces as they come. @throws UnknownCharacterError for one that it never saw. */
  write?(prompt: string, options: WriteOptions): AsyncIterable<string>;
  /** Writes several texts that begin alike, side by side: much faster than one after another. */
  writeMany?(prompt: string, count: number, options: WriteOptions): Promise<string[]>;
  /**
   * The likeliest tokens for each `[MASK]` of a text, best first.
   * @throws RangeError for a text without one, or one that is too long.
   */
  fill?(text: string, options?: { readonly count?: number }): Promise<Filling[][]>;
  /** Makes pictures, all of one size. */
  paint?(options: PaintOptions): Promise<Picture[]>;
  /** The way from one picture to another, `steps` pictures a row. */
  interpolate?(options: PaintOptions & { readonly steps: number }): Promise<Picture[][]>;
  /** A walk through latent space that ends where it began: the frames of a film. */
  walk?(options: PaintOptions & { readonly frames: number }): Promise<Picture[]>;
  /** Makes pieces of music, as MIDI files. */
  compose?(options: ComposeOptions): Promise<Uint8Array[]>;
  /** Says what is in pictures, floats [count, channels, height, width] from 0 to 1. */
  classify?(pictures: Tensor): Promise<Classified[]>;
  /** What a classifier's last layer sees of such pictures, [count, size]: to tell sets of pictures apart by. */
  features?(pictures: Tensor): Tensor;
  /** Measures it on data that it has not seen, in the figures of `docs/results.md`. */
  evaluate?(workshop: Workshop): Promise<Metrics>;
  /** Inputs for `summary`: shapes, and dtypes that are not float32. */
  readonly example: readonly { readonly shape: readonly number[]; readonly dtype?: 'int32' }[];
  dispose(): void;
}

/** What takes tensors by their names: a module, or a model that is fitted. */
export interface Loadable {
  loadStateDict(state: ReadonlyMap<string, Tensor>): unknown;
}

/** A model as it is kept in a folder: its configuration, its weights and its files. */
export interface SavedModel<Config extends RecipeConfig> {
  readonly config: Config;
  readonly files: ModelFiles;
  /** Puts the weights into a model that was made with the configuration. @throws Error when they do not fit. */
  load(model: Loadable): void;
}

/** How one kind of model is trained, and on what: a line of `lumbre train --list`. */
export interface Recipe<Config extends RecipeConfig = RecipeConfig> {
  /** As it is typed: `vae`. */
  readonly name: string;
  readonly family: Family;
  /** What is trained. */
  readonly title: Words;
  /** What it will produce. */
  readonly produces: Words;
  /** How long the defaults take on two cores. */
  readonly seconds: number;
  /** The data sets of the registry that it takes; the first is the one unless told otherwise. */
  readonly data: readonly string[];
  /** Checks a configuration and fills in defaults. */
  readonly config: z.ZodType<Config>;
  /** What `--full` changes: the configuration that was published. */
  readonly full: Overrides;
  /** Reads the data and makes the model. What is wrong with either is found here, before anything is written. */
  prepare(config: Config, workshop: Workshop): Promise<Prepared<Config>>;
  /** Takes a model up again, to make things with it. */
  open(saved: SavedModel<Config>, device: string): Promise<Creation>;
}

/** Parts of a configuration, laid over another: `{ train: { steps: 10 } }`. */
export interface Overrides {
  readonly [name: string]: unknown;
}
