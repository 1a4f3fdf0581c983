import { join } from 'node:path';
import { describeEvaluation } from '../../data/index.ts';
import { describeStories } from '../corpus.ts';
import type { Context, Loudness } from '../io.ts';
import type { StoryRecipe } from '../recipes/stories.ts';
import { freeFolder } from '../run.ts';
import { evaluateModel, writeStories } from '../storyteller.ts';
import { indented, introduce, tellNext, tellOutcome } from '../telling.ts';
import { beginTraining, disposeTraining, train } from '../training.ts';

export interface StartOptions {
  readonly recipe: StoryRecipe;
  readonly out?: string;
  readonly device: string;
  readonly loudness: Loudness;
  /** Fewer steps than the recipe's: for trying out the command itself. */
  readonly steps?: number;
}

/** Where runs go unless told otherwise. */
export const runsFolder = 'runs';

/** The folder of a story run in a language. */
export const storyFolder = ({ messages }: Context): string =>
  freeFolder(join(runsFolder, messages.storyFolderName));

const storiesToShow = 3;
const storiesToMeasure = 100;

/** `lumbre start`: trains the small storyteller, shows what it writes, measures it, and says what to try next. */
export async function start(options: StartOptions, context: Context): Promise<void> {
  const { language, messages, theme, format, output } = context;
  const { recipe, device, loudness, steps } = options;
  const folder = options.out ?? storyFolder(context);
  const { model, train: settings, data } = recipe;
  const training = await beginTraining({
    folder,
    device,
    model,
    train: { ...settings, ...(steps && { steps, warmupSteps: Math.min(10, steps) }) },
    data: describeStories(language, data),
  });
  try {
    introduce(training, context, loudness);
    const end = await train(training, context, loudness);
    tellOutcome(training, end, context, loudness);
    if (end === 'stopped') return;

    const say = (text = '') => loudness === 'normal' && output.write(`${text}\n`);
    say(`  ${theme.strong(messages.threeStories)}`);
    const stories = await writeStories(training.model, training.run, {
      count: storiesToShow,
      temperature: 0.8,
      seed: 1,
      signal: context.signal,
    });
    for (const story of stories) say(`${indented(story, context)}\n`);

    say(theme.muted(`  ${messages.measuring(format.integer(storiesToMeasure))}`));
    const { evaluation } = await evaluateModel(training.model, training.run, {
      count: storiesToMeasure,
      temperature: 0.8,
      seed: 2,
      signal: context.signal,
    });
    if (context.signal.aborted) return;
    if (loudness === 'json') output.write(`${JSON.stringify({ type: 'evaluation', ...evaluation })}\n`);
    for (const line of describeEvaluation(evaluation, language)) say(`  ${line}`);
    say();
    tellNext(training.run, context, loudness);
  } finally {
    disposeTraining(training);
  }
}
