import type { Element, Root } from 'hast';
import type { Locale } from '../i18n/locale.ts';

/** The steps of a lesson, as they stand in its Markdown: see it, touch it, predict it, code it, break it, explain it. */
export const beats = ['see', 'touch', 'predict', 'code', 'break', 'explain'] as const;
export type Beat = (typeof beats)[number];

/** One lesson in one language, compiled from its Markdown when the Studio is built. */
export interface LessonDocument {
  readonly locale: Locale;
  readonly title: string;
  /** What makes one want to read it, in a sentence: shown where the lesson is what comes next. */
  readonly teaser: string;
  /** How long it takes, in minutes. */
  readonly minutes: number;
  readonly sections: readonly Section[];
  /** The cells by id, in order. */
  readonly cells: readonly CellSource[];
  /** The names of its exercises, files of its `exercises` folder. */
  readonly exercises: readonly string[];
  /** The exhibits it shows, each with the state that it begins in. */
  readonly exhibits: readonly { readonly name: string; readonly state: unknown }[];
  /** The numbers in its text that open their faces. */
  readonly lives: readonly LiveNumber[];
  readonly cards: readonly CardSource[];
  /** All of its words, for the search. */
  readonly text: string;
}

export interface Section {
  readonly beat: Beat;
  /** What is to be rendered; directives are elements named `lesson-…`. */
  readonly content: Root;
}

/** A piece of code that can be run, in both spellings. */
export interface CellSource {
  readonly id: string;
  readonly typescript: string;
  /** The same in Python; null where there is nothing to compare. */
  readonly python: string | null;
  /** What the Python printed when it was run beside the reference libraries; null where it was not. */
  readonly pythonOutput: string | null;
  /** A part of the message with which it fails, when it is there to fail. */
  readonly fails: string | null;
}

/** A number in the text: `:live[0,49]{cell="first" of="weights" at="6,1"}`. */
export interface LiveNumber {
  /** As it is printed. */
  readonly text: string;
  readonly cell: string;
  /** A variable of the cell: a tensor, or a number. */
  readonly of: string;
  /** The position in the tensor; empty for a scalar. */
  readonly at: readonly number[];
}

/** A card to remember: a question, and what is on its back. */
export interface CardSource {
  readonly id: string;
  readonly question: Root;
  readonly answer: Root;
}

/** What the map, the search and the way on need to know of a lesson before it is opened. */
export interface LessonEntry {
  /** `1-foundations/variables`: the folder without the number that orders it. Stable: progress is kept under it. */
  readonly id: string;
  /** From 1 to 6. */
  readonly part: number;
  readonly folder: string;
  readonly title: Readonly<Record<Locale, string>>;
  readonly teaser: Readonly<Record<Locale, string>>;
  readonly minutes: number;
  readonly exercises: readonly string[];
  readonly exhibits: readonly string[];
}

export type { Element, Root };
