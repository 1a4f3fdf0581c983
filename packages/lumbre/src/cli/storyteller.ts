import { evaluateStories, type StoryEvaluation } from '../data/index.ts';
import { type GPT, generateMany } from '../models/index.ts';
import { trainingStories } from './corpus.ts';
import { CliError } from './errors.ts';
import type { Run } from './run.ts';
import { firstToken } from './training.ts';

export interface WriteStoriesOptions {
  readonly count: number;
  readonly temperature: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** No story of the grammar is longer; one that does not end by itself is cut here. */
const LONGEST_STORY = 300;

/** Stories side by side: more at a time is no faster. */
const AT_ONCE = 50;

/** The stories that a run learned from. @throws CliError when it learned from another text. */
function storiesOf({ config: { data }, folder }: Run) {
  if (data.kind !== 'stories') throw new CliError((messages) => messages.notStories(folder));
  return data;
}

/** Has a model write stories, each from its beginning to its end. @throws CliError when it did not learn any. */
export async function writeStories(
  model: GPT,
  run: Run,
  { count, temperature, seed = 0, signal }: WriteStoriesOptions,
): Promise<string[]> {
  storiesOf(run);
  const first = firstToken(run);
  const stories: string[] = [];
  while (stories.length < count && !signal?.aborted) {
    const written = await generateMany(model, [first], Math.min(AT_ONCE, count - stories.length), {
      maxNewTokens: LONGEST_STORY,
      stopToken: first,
      temperature,
      // Each group draws from numbers of its own.
      seed: seed * 1000 + stories.length,
      signal,
    });
    stories.push(...written.map((tokens) => run.tokenizer.decode(tokens)));
  }
  return stories;
}

/** Has a model write stories and measures them by the grammar and against those it learned from. @throws CliError */
export async function evaluateModel(
  model: GPT,
  run: Run,
  options: WriteStoriesOptions,
): Promise<{ readonly stories: readonly string[]; readonly evaluation: StoryEvaluation }> {
  const data = storiesOf(run);
  const stories = await writeStories(model, run, options);
  return { stories, evaluation: evaluateStories(data.language, stories, trainingStories(data)) };
}
