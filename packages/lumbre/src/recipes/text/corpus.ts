import { type Language, openText, splitTokens, storyCorpus } from '../../data/index.ts';
import { BpeTokenizer, CharTokenizer, type Tokenizer } from '../../text/index.ts';
import type { Words } from '../recipe.ts';
import { stream } from '../support/streams.ts';
import type { Workshop } from '../workshop.ts';
import type { TokenData } from './languageModelTask.ts';
import { unwrapped } from './unwrapped.ts';

/** Between stories, before the first and after the last: so a story begins after it and ends at it. */
export const STORY_END = '\n';

/** A text to learn from, in tokens. */
export interface Corpus {
  readonly tokenizer: Tokenizer;
  readonly data: TokenData;
  /** How many characters the held-out part has. */
  readonly heldOutCharacters: number;
  /** The lines to learn from, where each line stands for itself: names. */
  readonly lines: readonly string[] | null;
  readonly about: Words;
}

export interface StoryData {
  readonly language: Language;
  readonly trainingStories: number;
  readonly heldOutStories: number;
  readonly seed: number;
}

/** The stories that a training learns from: the same ones each time. */
export const trainingStories = ({ language, seed, trainingStories: count }: StoryData): string[] =>
  storyCorpus({ language, seed, count, split: 'train' });

const integer = (value: number, language: Language): string =>
  value.toLocaleString(language, { useGrouping: true }).replace(/[.,]/g, '\u202f');

function about(
  tokens: number,
  { vocabSize }: Tokenizer,
  unit: 'characters' | 'tokens' = 'characters',
): Words {
  return {
    es: `${integer(tokens, 'es')} ${unit === 'tokens' ? 'tokens' : 'caracteres'}, ${integer(vocabSize, 'es')} distintos`,
    en: `${integer(tokens, 'en')} ${unit}, ${integer(vocabSize, 'en')} different ones`,
  };
}

function lineTokens(stories: readonly string[], tokenizer: Tokenizer) {
  const tokens = tokenizer.encode(STORY_END + stories.join(STORY_END) + STORY_END);
  const [end] = tokenizer.encode(STORY_END);
  const ends = [...tokens.keys()].filter((position) => tokens[position] === end);
  // Rows begin where lines do, so that the model always knows how far into a story, or a name, it is.
  return { tokens, starts: Int32Array.from(ends.slice(0, -1)) };
}

/** The small stories: those to learn from, and those from worlds that are held out. */
export function storiesCorpus(data: StoryData): Corpus {
  const { language, seed, heldOutStories } = data;
  const training = trainingStories(data);
  const heldOut = storyCorpus({ language, seed, count: heldOutStories, split: 'held-out' });
  const tokenizer = CharTokenizer.fromText([...training, ...heldOut].join(STORY_END));
  const train = lineTokens(training, tokenizer);
  const validation = lineTokens(heldOut, tokenizer);
  return {
    tokenizer,
    data: {
      train: train.tokens,
      trainStarts: train.starts,
      validation: validation.tokens,
      validationStarts: validation.starts,
    },
    heldOutCharacters: validation.tokens.length,
    lines: null,
    about: about(train.tokens.length, tokenizer),
  };
}

/** How a text becomes tokens: by characters, or by pieces of words that it has often. */
export interface TokenizerSettings {
  readonly tokenizer?: 'char' | 'bpe';
  /** How many tokens there are, for `bpe`. */
  readonly vocabSize?: number;
  /** Whether the lines of a paragraph become one. */
  readonly unwrap?: boolean;
}

function makeTokenizer(text: string, { tokenizer = 'char', vocabSize = 1024 }: TokenizerSettings): Tokenizer {
  return tokenizer === 'bpe' ? BpeTokenizer.train(text, { vocabSize }) : CharTokenizer.fromText(text);
}

/** Mixes lines up: they may be sorted. The same ones always come to be held out. */
function shuffled(lines: readonly string[]): string[] {
  const word = stream(0, 'data').hostWords();
  const keyed = lines.map((line) => [word(), line] as const);
  return keyed.sort(([a], [b]) => a - b).map(([, line]) => line);
}

/** Lines in two parts, nine tenths and one. */
export function splitLines(lines: readonly string[]): {
  readonly train: string[];
  readonly heldOut: string[];
} {
  const mixed = shuffled(lines.map((line) => line.normalize('NFC')));
  const border = Math.floor(0.9 * mixed.length);
  return { train: mixed.slice(0, border), heldOut: mixed.slice(border) };
}

/**
 * A text of the registry or of a file; a tenth of it, at its end, is held out. Of a list of names, each is for itself, and a
 * tenth of them, anywhere, is held out.
 * @throws DataSetError, TextError
 */
export async function textCorpus(
  name: string,
  { data }: Workshop,
  settings: TokenizerSettings = {},
): Promise<Corpus> {
  const opened = await openText(data, name);
  const written = opened.text.normalize('NFC');
  const text = settings.unwrap && !opened.lines ? unwrapped(written) : written;
  const tokenizer = makeTokenizer(text, settings);
  const unit = settings.tokenizer === 'bpe' ? 'tokens' : 'characters';
  if (opened.lines) {
    const { train: lines, heldOut } = splitLines(opened.lines);
    const train = lineTokens(lines, tokenizer);
    const validation = lineTokens(heldOut, tokenizer);
    return {
      tokenizer,
      data: {
        train: train.tokens,
        trainStarts: train.starts,
        validation: validation.tokens,
        validationStarts: validation.starts,
      },
      heldOutCharacters: heldOut.reduce((total, line) => total + [...line].length + 1, 0),
      lines,
      about: about(train.tokens.length, tokenizer, unit),
    };
  }
  const parts = splitTokens(tokenizer.encode(text));
  return {
    tokenizer,
    data: parts,
    heldOutCharacters: [...tokenizer.decode(parts.validation)].length,
    lines: null,
    about: about(parts.train.length, tokenizer, unit),
  };
}

/** What texts begin with: a line end where the alphabet has one. */
export const firstToken = (tokenizer: Tokenizer): number =>
  tokenizer.covers(STORY_END) ? (tokenizer.encode(STORY_END)[0] as number) : 0;
