import type { TrainEnd } from '../events.ts';
import type { Metric } from '../recorder.ts';
import type { Watched } from '../task.ts';

/** What a model made at a step. */
export type ReportSample =
  | { readonly step: number; readonly kind: 'text'; readonly text: string }
  | { readonly step: number; readonly kind: 'image'; readonly png: Uint8Array }
  | { readonly step: number; readonly kind: 'midi'; readonly bytes: Uint8Array };

export interface ReportSetting {
  /** Where it stands: `train.lr`. */
  readonly path: string;
  /** As it is typed. */
  readonly value: string;
  /** What the recipe has, where that is another. */
  readonly standard?: string;
}

/** A command to type, and what it does. */
export interface ReportCommand {
  readonly command: string;
  readonly what: string;
}

/** All that a report tells. */
export interface ReportData {
  readonly language: 'es' | 'en';
  /** What was trained: `a variational autoencoder (VAE)`. */
  readonly title: string;
  /** What it makes. */
  readonly produces: string;
  readonly recipe: string;
  /** The folder of the run. */
  readonly run: string;
  readonly data: { readonly name: string; readonly about: string };
  readonly end: TrainEnd;
  readonly step: number;
  readonly steps: number;
  readonly seconds: number;
  /** When it ended: milliseconds since 1970. */
  readonly date: number;
  readonly watched: Watched;
  /** The parameters of the model that is published. */
  readonly parameters: number;
  readonly device: string;
  readonly metrics: readonly Metric[];
  readonly samples: readonly ReportSample[];
  readonly settings: readonly ReportSetting[];
  /** What it was made with: names and versions. */
  readonly versions: readonly (readonly [name: string, version: string])[];
  readonly commands: readonly ReportCommand[];
  /** What figures are called; others go by their names. */
  readonly figureNames: Readonly<Record<string, string>>;
}
