import type { TrainEnd } from '../train/index.ts';
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
const tip = ({ theme }: Context, command: string, what: string): string =>
  `  ${theme.ember(command)}\n    ${theme.muted(what)}`;

const languageFlag = ({ language }: Context): string => (language === 'en' ? ' --lang en' : '');

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
    say(`  ${theme.ember(`npx lumbre train --resume ${run.folder}${languageFlag(context)}`)}`);
  }
  say();
}

/** What to try after a training. */
export function tellNext({ recipe, folder, config }: Run, context: Context, loudness: Loudness): void {
  const { messages, theme, language } = context;
  const say = sayer(context, loudness);
  const flag = languageFlag(context);
  const tips: Record<typeof recipe.family, () => string[]> = {
    text: () =>
      config.data.name === 'stories'
        ? [
            tip(
              context,
              `npx lumbre generate ${folder} --prompt "${language === 'en' ? 'Once upon a time' : 'Había una vez'}"${flag}`,
              messages.nextGenerate,
            ),
            tip(context, `npx lumbre stories evaluate ${folder} --seed 7${flag}`, messages.nextEvaluate),
            tip(context, `npx lumbre train gpt --data quijote.txt${flag}`, messages.nextText),
          ]
        : [tip(context, `npx lumbre generate ${folder} --temperature 0.8${flag}`, messages.nextGenerate)],
    images: () => [tip(context, `npx lumbre sample ${folder}${flag}`, messages.nextSample)],
    music: () => [tip(context, `npx lumbre sample ${folder}${flag}`, messages.nextCompose)],
    classifiers: () => [tip(context, `npx lumbre eval ${folder}${flag}`, messages.nextEval)],
    clusters: () => [tip(context, `npx lumbre eval ${folder}${flag}`, messages.nextEval)],
    tables: () => [tip(context, `npx lumbre eval ${folder}${flag}`, messages.nextEval)],
  };
  say(`  ${theme.strong(messages.next)}`);
  for (const line of tips[recipe.family]()) say(line);
}
