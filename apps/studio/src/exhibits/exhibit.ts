import type { Remote } from 'comlink';
import type { ZodType } from 'zod';
import type { Faces } from '../faces/faces.ts';
import type { Locale, Texts } from '../i18n/locale.ts';

/** What an exhibit shows, as a table: the same numbers, for whoever reads rather than looks. */
export interface TableView {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** What the table is of, in a sentence. */
  readonly caption: string;
}

/** What the Studio gives to an exhibit. */
export interface ExhibitContext<State> {
  readonly locale: Locale;
  /** Nothing moves by itself: show where a movement ends. */
  readonly reducedMotion: boolean;
  /**
   * The exhibit's `compute.ts`, in a worker of its own where the engine runs; started at the first call, and ended with the
   * exhibit. Callbacks are passed with `proxy` of comlink.
   */
  compute<Module extends object>(): Promise<Remote<Module>>;
  /** To be called whenever what is shown has changed: words and table are asked for again, and the state is kept. */
  changed(state: State): void;
  /** Opens the four faces of a number beside the picture; `null` closes them. */
  showFaces(faces: Faces | null): void;
}

/** An exhibit on the page. */
export interface MountedExhibit<State> {
  /** Shows another state: one from a link, or the first one again. */
  update(state: State): void;
  /** Stops what runs, and takes the picture away. */
  destroy(): void;
  /** What is to be seen, in words: a few sentences, made from the state. */
  words(): readonly string[];
  table(): TableView;
}

/**
 * A picture that can be touched: a plain module, without React, in a folder of its own. `exhibit.ts` draws and listens, and
 * never imports the engine; `compute.ts`, if there is one, runs in a worker, and never touches the page.
 */
export interface Exhibit<State = unknown> {
  readonly title: Texts;
  /** Checks a state from a link, which may be anybody's. */
  readonly state: ZodType<State>;
  readonly initial: State;
  mount(element: HTMLElement, state: State, context: ExhibitContext<State>): MountedExhibit<State>;
}

/** Gives an exhibit its types. */
export const defineExhibit = <State>(exhibit: Exhibit<State>): Exhibit<State> => exhibit;
