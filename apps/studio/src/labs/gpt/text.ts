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

/** Bytes that are looked at to tell a picture or a program from a text. */
const LOOKED_AT = 64 * 1024;

/** Whether there are bytes that no text has: zeros, or many below the space. UTF-16, which has zeros too, begins with a mark. */
function looksBinary(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, LOOKED_AT);
  const mark = ((start[0] ?? 0) << 8) | (start[1] ?? 0);
  if (mark === 0xfffe || mark === 0xfeff) return false;
  const controls = start.filter((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27)).length;
  return start.includes(0) || controls > start.length / 100;
}

/**
 * The text of a file, as the command line reads it, in NFC.
 * @throws LaboratoryError
 */
export function readText(bytes: Uint8Array): string {
  if (bytes.length > MOST_TEXT_BYTES) throw new LaboratoryError('tooLarge');
  if (looksBinary(bytes)) throw new LaboratoryError('binary');
  let text: string;
  try {
    text = decodeText(bytes, 'text').normalize('NFC');
  } catch (error) {
    throw isTextError(error) ? textProblem(error) : error;
  }
  return text;
}

/** The first line of a text with words in it, not a number or a name alone; where there is none, what there is. */
export function firstLine(text: string): string {
  const lines = text
    .split('\n', 1000)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.find((line) => line.split(/\s+/).length > 2) ?? lines[0] ?? '';
}

/** The first words of a text: what samples begin with, unless the learner says otherwise. */
export const firstWords = (text: string, count = 2): string =>
  firstLine(text).split(/\s+/).slice(0, count).join(' ').slice(0, 40);

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
