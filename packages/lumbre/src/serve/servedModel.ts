import type { LocalEmbedder, LocalGenerator } from '../transformers/endpoint/index.ts';

/** A model that is offered: what it cannot do is null. */
export interface ServedModel {
  readonly name: string;
  readonly generator: LocalGenerator | null;
  readonly embedder: LocalEmbedder | null;
  /** Its own tokens of texts that are to become vectors. */
  readonly maxTokens: number;
  /** Begins no more texts. @returns when those that are there have ended */
  drain(): Promise<void>;
  /** Ends what is going on and lets go of the model. */
  close(): Promise<void>;
}

export interface ServedModelOptions {
  /** How many texts are written side by side. */
  readonly slots: number;
  /** How many may wait. */
  readonly queueLimit: number;
}
