import { evaluateStories, type StoryEvaluation } from '../data/index.ts';
import { type Creation, type StoriesConfig, trainingStories } from '../recipes/index.ts';
import { CliError } from './errors.ts';
import type { OpenedModel } from './openModel.ts';

export interface WriteStoriesOptions {
  readonly count: number;
  readonly temperature: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** No story of the grammar is longer; one that does not end by itself is cut here. */
const LONGEST_STORY = 300;

/** The stories that a model learned from. @throws CliError when it learned from another text. */
function storiesOf({ recipe, config, name }: OpenedModel): StoriesConfig['data'] & { language: 'es' | 'en' } {
  if (recipe.name !== 'stories') throw new CliError((messages) => messages.notStories(name));
  const { data } = config as StoriesConfig;
  // A run has the language in its configuration, as it was when the run began.
  return { ...data, language: data.language ?? 'es' };
}

/** Has a model write stories, each from its beginning to its end. @throws CliError when it did not learn any. */
export async function writeStories(opened: OpenedModel, options: WriteStoriesOptions): Promise<string[]> {
  storiesOf(opened);
  const { count, ...sampling } = options;
  const write = opened.creation.writeMany as NonNullable<Creation['writeMany']>;
  return write('', count, { ...sampling, maxNewTokens: LONGEST_STORY });
}

/** Has a model write stories and measures them by the grammar and against those it learned from. @throws CliError */
export async function evaluateModel(
  opened: OpenedModel,
  options: WriteStoriesOptions,
): Promise<{ readonly stories: readonly string[]; readonly evaluation: StoryEvaluation }> {
  const data = storiesOf(opened);
  const stories = await writeStories(opened, options);
  return { stories, evaluation: evaluateStories(data.language, stories, trainingStories(data)) };
}
