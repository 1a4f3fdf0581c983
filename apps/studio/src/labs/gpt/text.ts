import { decodeText, storyCorpus, TextError } from 'lumbre/data';
import { LaboratoryError, type ProblemCode } from './problem.ts';
import { MOST_TEXT_BYTES } from './recipe.ts';

const problems: Readonly<Record<TextError['code'], ProblemCode>> = {
  'text.empty': 'empty',
  'text.utf16': 'utf16',
  'text.notUtf8': 'notUtf8',
  'text.binary': 'binary',
  'text.tooShort': 'tooShort',
};

export const isTextError = (error: unknown): error is TextError => error instanceof TextError;

/** A text's problem in the laboratory's words. */
export const textProblem = (error: TextError): LaboratoryError => new LaboratoryError(problems[error.code]);

/** Characters below a space that no text has: what a picture or a program looks like when it is read as one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const CONTROL = /[\u0001-\u0008\u000e-\u001a\u001c-\u001f]/g;

/**
 * The text of a file, as the command line reads it, in NFC.
 * @throws LaboratoryError
 */
export function readText(bytes: Uint8Array): string {
  if (bytes.length > MOST_TEXT_BYTES) throw new LaboratoryError('tooLarge');
  let text: string;
  try {
    text = decodeText(bytes, 'text').normalize('NFC');
  } catch (error) {
    throw isTextError(error) ? textProblem(error) : error;
  }
  const start = text.slice(0, 100_000);
  if ((start.match(CONTROL)?.length ?? 0) > start.length / 100) throw new LaboratoryError('binary');
  return text;
}

/** The first words of a text: what samples begin with, unless the learner says otherwise. */
export function firstWords(text: string, count = 2): string {
  const line = text.split('\n', 1000).find((line) => line.trim() !== '') ?? '';
  return line.trim().split(/\s+/).slice(0, count).join(' ').slice(0, 40);
}

const STORIES = 20_000;

/** The package's stories as one text, a story a line: for whoever reads them by pieces of words. */
export const storiesText = (language: 'es' | 'en'): string =>
  `${storyCorpus({ language, seed: 1, count: STORIES, split: 'train' }).join('\n')}\n`;

/** A name for a run, as a file may be called. */
export function fileNameOf(name: string): string {
  const plain = name
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return plain || 'gpt';
}
