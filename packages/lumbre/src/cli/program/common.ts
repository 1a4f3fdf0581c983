import type { Command } from 'commander';
import type { Language } from '../../data/index.ts';
import type { Loudness } from '../io.ts';
import * as read from '../options.ts';

/** Options that several commands have, as they are called in their code. */
export interface Common {
  readonly lang: Language;
  /** The fastest that works, unless given. */
  readonly device?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

export const loudnessOf = ({ quiet, json }: Common): Loudness => (json ? 'json' : quiet ? 'quiet' : 'normal');

export const withLanguage = (command: Command): Command =>
  command.option('--lang <language>', 'es (Spanish) or en (English)', read.language, 'es');

export const withDevice = (command: Command): Command =>
  command.option(
    '--device <name>',
    'what computes: native, wasm, or js, which is slow and exact (default: the fastest that works)',
    read.device,
  );

export const withLoudness = (command: Command): Command =>
  command
    .option('--quiet', 'say nothing but errors')
    .option('--json', 'one JSON object a line, for programs');

/** The same seed gives the same thing, whatever is made. */
export const withSeed = (command: Command): Command =>
  command.option('--seed <n>', 'the same seed gives the same result', read.integer('--seed', 0));

export const withDataFolder = (command: Command): Command =>
  command.option(
    '--data-dir <folder>',
    'a folder with data sets, looked into before the cache (default: what LUMBRE_DATA says)',
  );
