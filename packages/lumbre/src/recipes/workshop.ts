import type { DataSource } from '../data/index.ts';
import type { SavedModelParts } from './savedModel.ts';

/** Where a recipe works: what it computes on, and where its data come from. */
export interface Workshop {
  readonly device: string;
  /** The language that is spoken: of the small stories, unless the configuration says another. */
  readonly language: 'es' | 'en';
  readonly data: DataSource;
  /** The files of a model by its name: to measure with, as the classifier whose features tell pictures apart. */
  model(name: string): Promise<SavedModelParts>;
}
