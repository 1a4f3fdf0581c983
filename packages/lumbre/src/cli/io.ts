import type { Language } from '../data/index.ts';
import { type Format, makeFormat } from './format.ts';
import { type Messages, messagesOf } from './messages/index.ts';
import { makeTheme, type Theme, wantsColors } from './theme.ts';

/** A terminal, a file or a pipe. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** What a command gets from its surroundings; `main.ts` gives the process's, tests give their own. */
export interface Surroundings {
  readonly output: Output;
  readonly errors: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C: end soon, and save. */
  readonly signal: AbortSignal;
}

/** A command's surroundings, and how it speaks in them. */
export interface Context extends Surroundings {
  readonly language: Language;
  readonly messages: Messages;
  readonly format: Format;
  /** For `output`. */
  readonly theme: Theme;
}

export function makeContext(surroundings: Surroundings, language: Language): Context {
  return {
    ...surroundings,
    language,
    messages: messagesOf[language],
    format: makeFormat(language),
    theme: makeTheme(wantsColors(surroundings.output, surroundings.environment)),
  };
}

/** How much a command says: for people, in JSON lines for programs, or nothing but errors. */
export type Loudness = 'normal' | 'json' | 'quiet';

/** A text without control characters that would disturb a terminal; only line ends stay. */
export const printable = (text: string): string => text.replace(/\t/g, '  ').replace(/[^\P{Cc}\n]/gu, '·');

const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u;
const combining = /\p{M}/u;

/** How many columns a terminal gives a character. */
export const columnsOf = (character: string): number =>
  wide.test(character) ? 2 : combining.test(character) ? 0 : 1;

const widthOf = (text: string): number => {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
};

/** Cuts a word that is wider than `width` columns into pieces that are not. */
function cut(word: string, width: number): string[] {
  const pieces = [''];
  for (const character of word) {
    const last = pieces.at(-1) as string;
    if (last !== '' && widthOf(last + character.trimEnd()) > width) pieces.push(character);
    else pieces[pieces.length - 1] = last + character;
  }
  return pieces;
}

/** Breaks a text into lines of at most `width` columns, between words where it can. Its own line ends stay. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    // Words with the spaces after them, which may stand out at the end of a line.
    for (const word of paragraph.split(/(?<=\s)/).flatMap((word) => cut(word, width))) {
      if (line !== '' && widthOf(line) + widthOf(word.trimEnd()) > width) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += word;
    }
    return [...lines, line.trimEnd()];
  });
}
