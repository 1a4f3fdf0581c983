import { CommanderError } from 'commander';
import { z } from 'zod';
import type { Language } from '../data/index.ts';
import { ConfigError } from '../recipes/index.ts';
import { CliError } from './errors.ts';
import { explain } from './explain.ts';
import { makeContext, type Surroundings } from './io.ts';
import { languages } from './options.ts';
import { makeProgram } from './program.ts';
import { makeTheme, wantsColors } from './theme.ts';

/** What the process ends with. */
export const exitCodes = { fine: 0, error: 1, usage: 2, interrupted: 130 } as const;

/** The language is needed before the options are read, to speak of what is wrong with them. */
function languageIn(words: readonly string[]): Language {
  const at = words.findIndex((word) => word === '--lang' || word.startsWith('--lang='));
  const value = at < 0 ? undefined : (words[at]!.split('=')[1] ?? words[at + 1]);
  return languages.find((language) => language === value) ?? 'es';
}

/**
 * Runs a command line.
 *
 * @param words what was typed after `lumbre`
 * @returns what the process should end with: see `exitCodes`
 */
export async function runCommandLine(
  words: readonly string[],
  surroundings: Surroundings,
  version: string,
): Promise<number> {
  const context = makeContext(surroundings, languageIn(words));
  // What is wrong with a configuration is told in the user's language, too.
  z.config(context.language === 'es' ? z.locales.es() : z.locales.en());
  const { errors, environment, signal, messages, format } = context;
  try {
    await makeProgram(context, version).parseAsync(words, { from: 'user' });
    return signal.aborted ? exitCodes.interrupted : exitCodes.fine;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
    const theme = makeTheme(wantsColors(errors, environment));
    errors.write(`${theme.error(messages.error)} ${explain(error, messages, format)}\n`);
    if (environment.LUMBRE_DEBUG && error instanceof Error) errors.write(`${error.stack}\n`);
    if (error instanceof ConfigError) return exitCodes.usage;
    return error instanceof CliError ? error.exitCode : exitCodes.error;
  }
}
