import { ingredientNames, type World } from './grammar.ts';
import { type Language, storyGrammar } from './languages.ts';
import { hashString, seededRandom } from './random.ts';

/** Training stories, or the stories that no training ever sees. */
export type StorySplit = 'train' | 'held-out';

export interface StoryCorpusOptions {
  readonly language: Language;
  /** The same seed gives the same stories in the same order. */
  readonly seed: number;
  /** How many stories, all different. */
  readonly count: number;
  readonly split: StorySplit;
}

/** One world in ten is held out. */
const heldOutShare = 0.1;

/**
 * Writes one story, a line of text without its newline.
 *
 * @param random numbers uniform in [0, 1); the same numbers give the same story.
 */
export function generateStory(language: Language, random: () => number): string {
  return storyGrammar(language).generate(random).text;
}

/** How many different stories the grammar of a language tells. */
export function countStories(language: Language): number {
  return storyGrammar(language).count();
}

/**
 * The split that a world belongs to, by a hash of what it is made of: who the hero and the friend are, the place,
 * the wish, the trouble and the remedy. The wording has no say, so a held-out world is in no training story at all,
 * under any seed, for any count and in any words.
 */
export function splitOf(world: World): StorySplit {
  const key = ingredientNames.map((name) => Object.values(world[name]).join('|')).join('\n');
  return hashString(key) < heldOutShare * 2 ** 32 ? 'held-out' : 'train';
}

/**
 * A corpus of different stories from one side of the split: see `splitOf`.
 *
 * @throws RangeError where the seed or the count is no whole number, or the grammar has too few stories.
 */
export function storyCorpus({ language, seed, count, split }: StoryCorpusOptions): string[] {
  const grammar = storyGrammar(language);
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`storyCorpus: the seed must be a whole number, not ${seed}`);
  }
  // With at most half of the stories taken, a new one turns up at the second try on average, or sooner.
  const share = split === 'held-out' ? heldOutShare : 1 - heldOutShare;
  const limit = Math.floor((grammar.count() * share) / 2);
  if (!Number.isSafeInteger(count) || count < 0 || count > limit) {
    throw new RangeError(`storyCorpus: the count must be a whole number from 0 to ${limit}, not ${count}`);
  }
  const random = seededRandom(seed);
  const stories = new Set<string>();
  while (stories.size < count) {
    const { text, world } = grammar.generate(random);
    if (splitOf(world) === split) stories.add(text);
  }
  return [...stories];
}
