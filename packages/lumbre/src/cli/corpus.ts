import { decodeText, type Language, splitTokens, storyCorpus } from '../data/index.ts';
import { CharTokenizer } from '../text/index.ts';
import type { TrainData } from '../train/index.ts';
import { CliError } from './errors.ts';
import { readBytes } from './files.ts';
import { type RunData, sha256 } from './run.ts';

/** Between stories, before the first and after the last: so a story begins after it and ends at it. */
export const STORY_END = '\n';

export interface Corpus {
  readonly tokenizer: CharTokenizer;
  readonly data: TrainData;
  /** How many characters the training part has. */
  readonly characters: number;
}

type StoryData = Extract<RunData, { kind: 'stories' }>;

/** The stories that a run learns from: the same ones each time. */
export const trainingStories = ({ language, seed, trainingStories: count }: StoryData): string[] =>
  storyCorpus({ language, seed, count, split: 'train' });

function storyTokens(stories: readonly string[], tokenizer: CharTokenizer) {
  const tokens = tokenizer.encode(STORY_END + stories.join(STORY_END) + STORY_END);
  const [end] = tokenizer.encode(STORY_END);
  const ends = [...tokens.keys()].filter((position) => tokens[position] === end);
  // Rows begin where stories do, so that the model always knows how far into a story it is.
  return { tokens, starts: Int32Array.from(ends.slice(0, -1)) };
}

function storyCorpusOf(data: StoryData, known?: CharTokenizer): Corpus {
  const { language, seed, heldOutStories } = data;
  const training = trainingStories(data);
  const heldOut = storyCorpus({ language, seed, count: heldOutStories, split: 'held-out' });
  const tokenizer = known ?? CharTokenizer.fromText([...training, ...heldOut].join(STORY_END));
  const [train, validation] = [training, heldOut].map((stories) => storyTokens(stories, tokenizer));
  return {
    tokenizer,
    data: {
      train: train!.tokens,
      trainStarts: train!.starts,
      validation: validation!.tokens,
      validationStarts: validation!.starts,
    },
    characters: train!.tokens.length,
  };
}

/** Describes a text file for a run's configuration. @throws CliError */
export const describeTextFile = (path: string): RunData => ({
  kind: 'text',
  path,
  sha256: sha256(readBytes(path)),
});

export const describeStories = (
  language: Language,
  counts: { readonly trainingStories: number; readonly heldOutStories: number; readonly seed: number },
): RunData => ({ kind: 'stories', language, ...counts });

/**
 * The tokens of a run's text.
 *
 * @param known the tokenizer of a run that goes on; otherwise it is made from the text.
 * @throws CliError when the file cannot be read or is not the one that the run began with; TextError when it is no text.
 */
export function loadCorpus(data: RunData, known?: CharTokenizer): Corpus {
  if (data.kind === 'stories') return storyCorpusOf(data, known);
  const bytes = readBytes(data.path);
  if (sha256(bytes) !== data.sha256) throw new CliError((messages) => messages.dataChanged(data.path));
  const text = decodeText(bytes, data.path);
  const tokenizer = known ?? CharTokenizer.fromText(text);
  const parts = splitTokens(tokenizer.encode(text));
  return { tokenizer, data: parts, characters: parts.train.length };
}
