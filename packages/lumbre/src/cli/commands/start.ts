import { join } from 'node:path';
import { describeEvaluation } from '../../data/index.ts';
import { type Overrides, stories as recipe } from '../../recipes/index.ts';
import type { Context, Loudness } from '../io.ts';
import { openFolder } from '../openModel.ts';
import { freeFolder, runsFolder } from '../run.ts';
import { evaluateModel, writeStories } from '../storyteller.ts';
import { indented, introduce, tellNext, tellOutcome } from '../telling.ts';
import { beginTraining, train } from '../training.ts';
import { openWorkshop } from '../workshop.ts';

export interface StartOptions {
  readonly out?: string;
  readonly device: string;
  readonly loudness: Loudness;
  /** Settings laid over the recipe's: fewer steps, to try out the command itself. */
  readonly layers?: readonly Overrides[];
}

const storiesToShow = 3;
const storiesToMeasure = 100;

/** `lumbre start`: trains the small storyteller, shows what it writes, measures it, and says what to try next. */
export async function start(options: StartOptions, context: Context): Promise<void> {
  const { language, messages, theme, format, output, signal } = context;
  const { device, loudness, layers = [] } = options;
  const folder = options.out ?? freeFolder(join(runsFolder, messages.storyFolderName));
  const training = await beginTraining({
    recipe,
    layers,
    folder,
    workshop: openWorkshop(options, context),
  });
  try {
    introduce(training, context, loudness);
    const end = await train(training, context, loudness);
    tellOutcome(training, end, context, loudness);
    if (end === 'stopped') return;
  } finally {
    training.task.dispose();
  }

  const teller = await openFolder(folder, device);
  try {
    const say = (text = '') => loudness === 'normal' && output.write(`${text}\n`);
    say(`  ${theme.strong(messages.threeStories)}`);
    const stories = await writeStories(teller, {
      count: storiesToShow,
      temperature: 0.8,
      seed: 1,
      signal,
    });
    for (const story of stories) say(`${indented(story, context)}\n`);

    say(theme.muted(`  ${messages.measuring(format.integer(storiesToMeasure))}`));
    const { evaluation } = await evaluateModel(teller, {
      count: storiesToMeasure,
      temperature: 0.8,
      seed: 2,
      signal,
    });
    if (signal.aborted) return;
    if (loudness === 'json') output.write(`${JSON.stringify({ type: 'evaluation', ...evaluation })}\n`);
    for (const line of describeEvaluation(evaluation, language)) say(`  ${line}`);
    say();
    tellNext(training.run, context, loudness);
  } finally {
    teller.creation.dispose();
  }
}
