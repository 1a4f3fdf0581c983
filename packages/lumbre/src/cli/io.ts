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

/** Breaks a text into lines of at most `width` characters, between words where it can. Its own line ends stay. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(/(?<=\s)/)) {
      if (line !== '' && line.length + word.trimEnd().length > width) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += word;
      while (line.trimEnd().length > width) {
        lines.push(line.slice(0, width));
        line = line.slice(width);
      }
    }
    return [...lines, line.trimEnd()];
  });
}
