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

/** The title, the model, the text and where the run is kept. */
export function introduce(
  { run, corpus, model, trainer }: Training,
  context: Context,
  loudness: Loudness,
): void {
  const { messages, format, theme } = context;
  const say = sayer(context, loudness);
  const { data, model: sizes } = run.config;
  const about = data.kind === 'stories' ? messages.storiesIn(data.language) : data.path;
  const count = (value: number) => format.integer(value);
  say();
  say(`  ${theme.ember('▲')} ${theme.strong('lumbre')} ${theme.muted('·')} ${about}`);
  const facts = [
    `GPT · ${messages.parameters(count(model.parameterCount()))} · ${messages.device(model.device)}`,
    messages.modelSize(count(sizes.nLayer), count(sizes.nHead), count(sizes.nEmbd), count(sizes.blockSize)),
    messages.alphabet(count(corpus.characters), count(sizes.vocabSize)),
    messages.savedIn(run.folder),
    ...(trainer.step > 0 ? [messages.resuming(count(trainer.step))] : []),
  ];
  for (const fact of facts) say(`    ${theme.muted(fact)}`);
}

/** A command to type, and what it does. */
const tip = ({ theme }: Context, command: string, what: string): string =>
  `  ${theme.ember(command)}\n    ${theme.muted(what)}`;

const languageFlag = ({ language }: Context): string => (language === 'en' ? ' --lang en' : '');

/** How a training ended; after a stop, how to go on. */
export function tellOutcome(
  { run, trainer }: Training,
  end: TrainEnd,
  context: Context,
  loudness: Loudness,
): void {
  const { messages, format, theme } = context;
  const say = sayer(context, loudness);
  const step = format.integer(trainer.step);
  say();
  if (end === 'finished') {
    say(`  ${theme.glow('●')} ${messages.finished(step, format.duration(trainer.seconds))}`);
  } else {
    say(`  ${theme.glow('●')} ${messages.stopped(step)}`);
    say(`  ${theme.ember(`npx lumbre train gpt --resume ${run.folder}${languageFlag(context)}`)}`);
  }
  say();
}

/** What to try after a training. */
export function tellNext(run: Run, context: Context, loudness: Loudness): void {
  const { messages, theme } = context;
  const say = sayer(context, loudness);
  const { data } = run.config;
  const flag = languageFlag(context);
  say(`  ${theme.strong(messages.next)}`);
  if (data.kind === 'stories') {
    const prompt = data.language === 'en' ? 'Once upon a time' : 'Había una vez';
    say(tip(context, `npx lumbre generate ${run.folder} --prompt "${prompt}"${flag}`, messages.nextGenerate));
    say(tip(context, `npx lumbre stories evaluate ${run.folder} --seed 7${flag}`, messages.nextEvaluate));
    say(tip(context, `npx lumbre train gpt --data quijote.txt${flag}`, messages.nextText));
  } else {
    say(tip(context, `npx lumbre generate ${run.folder} --temperature 0.8${flag}`, messages.nextGenerate));
  }
}
