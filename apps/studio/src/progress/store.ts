import { useSyncExternalStore } from 'react';
import type { Beat } from '../course/document.ts';
import { loadAll, type Stored, type StoreName, save } from './database.ts';
import type { CardProgress, LessonProgress } from './model.ts';

/** A store of the database, held in memory for the page: read at once, written behind. */
class Collection<Name extends StoreName> {
  readonly #name: Name;
  #values: ReadonlyMap<string, Stored<Name>> = new Map();
  readonly #listeners = new Set<() => void>();

  constructor(name: Name) {
    this.#name = name;
  }

  async open(): Promise<void> {
    this.#values = await loadAll(this.#name);
    this.#tell();
  }

  get(key: string): Stored<Name> | undefined {
    return this.#values.get(key);
  }

  /** The same map until something changes. */
  readonly all = (): ReadonlyMap<string, Stored<Name>> => this.#values;

  set(key: string, value: Stored<Name>): Promise<void> {
    this.#values = new Map(this.#values).set(key, value);
    this.#tell();
    return save(this.#name, key, value);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

export const lessons = new Collection('lessons');
export const cards = new Collection('cards');

/** Reads what is remembered; to be called once, before the first page. */
export const openProgress = (): Promise<unknown> => Promise.all([lessons.open(), cards.open()]);

export const useLessons = (): ReadonlyMap<string, LessonProgress> =>
  useSyncExternalStore(lessons.subscribe, lessons.all);
export const useCards = (): ReadonlyMap<string, CardProgress> =>
  useSyncExternalStore(cards.subscribe, cards.all);

const fresh = (): LessonProgress => ({
  reached: [],
  last: 'see',
  finished: false,
  solved: [],
  predictions: {},
  visited: 0,
});

function change(id: string, edit: (progress: LessonProgress) => Partial<LessonProgress>): Promise<void> {
  const progress = lessons.get(id) ?? fresh();
  return lessons.set(id, { ...progress, ...edit(progress), visited: Date.now() });
}

/** A step of a lesson came into view. */
export const reach = (id: string, beat: Beat): Promise<void> =>
  change(id, ({ reached }) => ({
    last: beat,
    reached: reached.includes(beat) ? reached : [...reached, beat],
  }));

/** The lesson was read to its end. */
export const finish = (id: string): Promise<void> => change(id, () => ({ finished: true }));

export const solve = (id: string, exercise: string): Promise<void> =>
  change(id, ({ solved }) => ({ solved: solved.includes(exercise) ? solved : [...solved, exercise] }));

export const predict = (id: string, place: number, option: number): Promise<void> =>
  change(id, ({ predictions }) => ({ predictions: { ...predictions, [place]: option } }));
