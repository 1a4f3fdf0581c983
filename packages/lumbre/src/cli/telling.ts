import { join } from 'node:path';
import { runFileNames, type TrainEnd } from '../train/index.ts';
import { type Context, type Loudness, wrap } from './io.ts';
import type { Run } from './run.ts';
import type { Training } from './training.ts';

/** What commands say before and after a training. */

const WIDEST = 96;

/** A text as a quotation: wrapped, with an ember in the margin. */
export function indented(text: string, { output, theme }: Context): string {
  const width = Math.min(WIDEST, output.columns ?? WIDEST) - 4;
  return wrap(text, width)
    .map((line) => `  ${theme.ember('▎')} ${line}`)
    .join('\n');
}

const sayer =
  ({ output }: Context, loudness: Loudness) =>
  (text = ''): void => {
    if (loudness === 'normal') output.write(`${text}\n`);
  };

/** The sizes of a model that are numbers: `nLayer 4 · nHead 4`. */
const sizesOf = (model: object): string =>
  Object.entries(model)
    .filter(([, value]) => typeof value === 'number')
    .map(([name, value]) => `${name} ${value as number}`)
    .join(' · ');

/** What is trained, on what, and where the run is kept. */
export function introduce({ run, task, loop, about }: Training, context: Context, loudness: Loudness): void {
  const { messages, format, theme, language } = context;
  const say = sayer(context, loudness);
  const { recipe, config, folder } = run;
  const size = [...task.published().values()].reduce((total, tensor) => total + tensor.size, 0);
  const device = [...task.published().values()][0]?.device;
  say();
  say(`  ${theme.ember('▲')} ${theme.strong('lumbre')} ${theme.muted('·')} ${recipe.title[language]}`);
  const facts = [
    `${recipe.name} · ${messages.parameters(format.integer(size))}${device ? ` · ${messages.device(device)}` : ''}`,
    sizesOf(config.model),
    `${config.data.name} · ${about[language]}`,
    messages.savedIn(folder),
    ...(loop.step > 0 ? [messages.resuming(format.integer(loop.step))] : []),
  ];
  for (const fact of facts) if (fact !== '') say(`    ${theme.muted(fact)}`);
}

/** A command to type, and what it does. */
export interface Tip {
  readonly command: string;
  readonly what: string;
}

const languageFlag = ({ language }: Context): string => (language === 'en' ? ' --lang en' : '');

/** What goes on with a run. */
export const resumeCommand = ({ folder }: Run, context: Context): string =>
  `npx lumbre train --resume ${folder}${languageFlag(context)}`;

/** How a training ended; after a stop, how to go on. */
export function tellOutcome(
  { run, loop }: Training,
  end: TrainEnd,
  context: Context,
  loudness: Loudness,
): void {
  const { messages, format, theme } = context;
  const say = sayer(context, loudness);
  const step = format.integer(loop.step);
  say();
  if (end === 'finished') {
    say(`  ${theme.glow('●')} ${messages.finished(step, format.duration(loop.seconds))}`);
  } else {
    say(`  ${theme.glow('●')} ${messages.stopped(step)}`);
    say(`  ${theme.ember(resumeCommand(run, context))}`);
  }
  say(`    ${theme.muted(messages.reportIn(join(run.folder, runFileNames.report)))}`);
  say();
}

/** What to try with a run. */
export function nextCommands({ recipe, folder, config }: Run, context: Context): Tip[] {
  const { messages, language } = context;
  const flag = languageFlag(context);
  const tip = (command: string, what: string): Tip => ({ command: `npx lumbre ${command}${flag}`, what });
  const evaluation = (): Tip[] => [tip(`eval ${folder}`, messages.nextEval)];
  const tips: Record<typeof recipe.family, () => Tip[]> = {
    text: () =>
      config.data.name === 'stories'
        ? [
            tip(
              `generate ${folder} --prompt "${language === 'en' ? 'Once upon a time' : 'Había una vez'}"`,
              messages.nextGenerate,
            ),
            tip(`stories evaluate ${folder} --seed 7`, messages.nextEvaluate),
            tip('train gpt --data quijote.txt', messages.nextText),
          ]
        : recipe.name === 'bert'
          ? [
              tip(
                `generate ${folder} --prompt "${config.data.name === 'tinyshakespeare' ? 'To be or not to' : 'En un lugar de la'} [MASK]"`,
                messages.nextFill,
              ),
            ]
          : [tip(`generate ${folder} --temperature 0.8`, messages.nextGenerate)],
    images: () => [tip(`sample ${folder}`, messages.nextSample)],
    music: () => [tip(`sample ${folder}`, messages.nextCompose)],
    classifiers: evaluation,
    clusters: evaluation,
    tables: evaluation,
  };
  return tips[recipe.family]();
}

/** What to try after a training. */
export function tellNext(run: Run, context: Context, loudness: Loudness): void {
  const { messages, theme } = context;
  const say = sayer(context, loudness);
  say(`  ${theme.strong(messages.next)}`);
  for (const { command, what } of nextCommands(run, context)) {
    say(`  ${theme.ember(command)}\n    ${theme.muted(what)}`);
  }
}
