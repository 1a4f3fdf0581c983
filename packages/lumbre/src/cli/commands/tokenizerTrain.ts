import { dirname } from 'node:path';
import type { Tokenizer } from '../../tokenizers/index.ts';
import { CliError, usageError } from '../errors.ts';
import { exists, makeFolder, writeAtomic } from '../files.ts';
import type { Context, Loudness } from '../io.ts';
import { TokenizerDisplay } from '../tokenizers/display.ts';
import {
  type TokenizerKind,
  type TokenizerKindName,
  type TokenizerSettings,
  tokenizerKindNames,
  tokenizerKinds,
} from '../tokenizers/kinds.ts';
import { linesOfAll, openTexts, type TextSource } from '../tokenizers/lines.ts';

export interface TrainTokenizerCommandOptions extends TokenizerSettings {
  readonly model: TokenizerKindName;
  readonly out: string;
  readonly force: boolean;
  readonly loudness: Loudness;
}

/** Options as they are called on the command line. */
const optionNames: Readonly<Partial<Record<keyof TokenizerSettings, string>>> = {
  minFrequency: '--min-frequency',
  limitAlphabet: '--limit-alphabet',
  maxTokenLength: '--max-token-length',
  lowercase: '--lowercase',
  byteFallback: '--byte-fallback',
};

const takes = (name: TokenizerKindName, setting: string): boolean =>
  (tokenizerKinds[name] as TokenizerKind).takes.some((one) => one === setting);

/** @throws CliError for a setting that the kind does not have: it would do nothing */
function checkSettings({ model, ...settings }: TrainTokenizerCommandOptions): void {
  for (const [setting, option] of Object.entries(optionNames)) {
    if (settings[setting as keyof typeof settings] === undefined || takes(model, setting)) continue;
    const others = tokenizerKindNames.filter((name) => takes(name, setting)).join(', ');
    throw usageError((messages) => messages.tokenizerOnlyFor(option, others));
  }
}

/** As much of the texts as tells how well they are cut. */
const SAMPLE = 200_000;

/** Characters per token in the first part of the texts. */
async function density(tokenizer: Tokenizer, sources: readonly TextSource[]): Promise<number> {
  let characters = 0;
  let tokens = 0;
  for await (const lines of linesOfAll(sources)) {
    for (const line of lines) {
      if (characters >= SAMPLE) return characters / tokens;
      characters += [...line].length;
      tokens += tokenizer.encodeIds(line, { addSpecialTokens: false }).length;
    }
  }
  return tokens === 0 ? 0 : characters / tokens;
}

/** `lumbre tokenizer train FILE…`: learns a vocabulary and writes a `tokenizer.json`. */
export async function trainTokenizerFile(
  paths: readonly string[],
  options: TrainTokenizerCommandOptions,
  context: Context,
): Promise<void> {
  const { output, messages, format, theme, signal } = context;
  const { model, out, force, loudness } = options;
  checkSettings(options);
  if (exists(out) && !force) throw new CliError((messages) => messages.tokenizerExists(out));
  const sources = await openTexts(paths);
  const { tokenizer, trainer } = tokenizerKinds[model].make(options);
  const display = loudness === 'normal' ? new TokenizerDisplay(context) : undefined;
  const write = (value: object): void => void output.write(`${JSON.stringify(value)}\n`);
  const start = performance.now();
  try {
    await tokenizer.trainFromIterator(linesOfAll(sources), trainer, {
      length: sources.reduce((sum, source) => sum + source.length, 0),
      signal,
      onProgress(progress) {
        display?.show(progress);
        if (loudness === 'json') write({ type: 'progress', ...progress });
      },
    });
  } catch (error) {
    if (signal.aborted) throw new CliError((messages) => messages.tokenizerStopped, { cause: error });
    throw error;
  } finally {
    display?.done();
  }
  const seconds = (performance.now() - start) / 1000;
  makeFolder(dirname(out));
  writeAtomic(out, `${JSON.stringify(tokenizer.toJSON(), null, 2)}\n`);
  if (loudness === 'quiet') return;
  const charactersPerToken = await density(tokenizer, sources);
  const { vocabSize } = tokenizer;
  if (loudness === 'json') {
    write({ type: 'trained', file: out, model, vocabSize, seconds, charactersPerToken });
    return;
  }
  output.write(`\n  ${messages.tokenizerTrained(format.integer(vocabSize), format.duration(seconds))}\n`);
  if (options.vocabSize !== undefined && vocabSize < options.vocabSize) {
    output.write(`  ${theme.muted(messages.tokenizerFew(format.integer(options.vocabSize)))}\n`);
  }
  output.write(`  ${theme.muted(messages.tokenizerDensity(format.number(charactersPerToken, 2)))}\n`);
  output.write(`  ${messages.savedFile(out)}\n\n  ${theme.strong(messages.next)}\n`);
  for (const [command, what] of [
    [`tokenizer encode ${out} "…"`, messages.tokenizerTry],
    [`tokenizer inspect ${out}`, messages.tokenizerLook],
  ]) {
    output.write(`  ${theme.ember(`npx lumbre ${command}`)}\n    ${theme.muted(what as string)}\n`);
  }
  output.write('\n');
}
