/**
 * The engine of the small stories: one grammar, written as data, both writes stories and reads them back.
 *
 * A story is made in two steps. First its *world*: a hero, a friend, a place and a plot (a wish, the trouble it
 * meets, the remedy for that trouble). Then its *words*: a shape (which sentences, in which order) and, for each
 * sentence, a frame. A frame is text with slots, `Muy content{both.o}s, {hero.name} y {friend.name} {plot.did}.`,
 * where `{ingredient.form}` stands for one form of one ingredient. Agreement is nothing more than that:
 * `content{both.o}s` takes its `o` or `a` from the same entry as everything else that is said about the two.
 *
 * Reading runs the same frames backwards. Every slot narrows the entries that its ingredient may still be, so a
 * story is whole only if one single world explains all its sentences.
 */

/** The forms of one ingredient: `{ name: 'Lola', kind: 'rana', el: 'la', ... }`. A form may hold slots itself. */
export type Entry = Readonly<Record<string, string>>;

/** What a story is made of. `both` is what agrees with hero and friend at once (`content{both.o}s`). */
export const ingredientNames = ['hero', 'friend', 'both', 'place', 'plot'] as const;
export type IngredientName = (typeof ingredientNames)[number];

/** One choice for every ingredient: what a story tells, whatever its wording. */
export type World = Readonly<Record<IngredientName, Entry>>;

/** The entries that each ingredient may still be, as far as a text was read. */
export type Candidates = Readonly<Record<IngredientName, readonly Entry[]>>;

/** A grammar as it is written by hand: see `es.ts` and `en.ts`. */
export interface StoryGrammarSource {
  readonly ingredients: Candidates;
  /** Whether these two may meet in one story, and whether `both` agrees with them. */
  readonly fits: (hero: Entry, friend: Entry, both: Entry) => boolean;
  /** The frames of every kind of sentence. */
  readonly sentences: Readonly<Record<string, readonly string[]>>;
  /** The kinds of sentence that make a story, in order. */
  readonly shapes: readonly (readonly string[])[];
}

/** A story and the world it tells. */
export interface Story {
  readonly text: string;
  readonly world: World;
}

/** One way to read a sentence. */
export interface SentenceReading {
  /** The kind of sentence: a key of `sentences`. */
  readonly kind: string;
  readonly frame: Frame;
  readonly candidates: Candidates;
}

/** One way to read a whole story: its shape, its frames, and the worlds that explain all of it. */
export interface StoryReading {
  readonly shape: readonly string[];
  readonly frames: readonly Frame[];
  readonly worlds: readonly World[];
}

/** The entries of one ingredient that share one wording of one form. */
interface Wording {
  readonly parts: readonly Part[];
  readonly entries: ReadonlySet<Entry>;
}

interface Slot {
  readonly ingredient: IngredientName;
  readonly wordings: readonly Wording[];
}

type Part = string | Slot;

/** A frame, ready to be written and read. */
export interface Frame {
  readonly template: string;
  readonly parts: readonly Part[];
}

/** Where a match ended and what it left possible. */
interface Match {
  readonly end: number;
  readonly candidates: Candidates;
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const uncapitalized = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** The form of an entry: `{place.Where}` is `{place.where}` with a capital. Undefined where the entry has neither. */
function formOf(entry: Entry, form: string): string | undefined {
  const plain = entry[uncapitalized(form)];
  return entry[form] ?? (plain === undefined ? undefined : capitalized(plain));
}

const slotPattern = /\{(\w+)\.(\w+)\}/g;

export class StoryGrammar {
  readonly source: StoryGrammarSource;
  /** The compiled frames of every kind of sentence. */
  readonly frames: Readonly<Record<string, readonly Frame[]>>;
  private readonly slots = new Map<string, Slot>();
  /** The slots being compiled, outermost first: a form that leads back to one of them would never end. */
  private readonly open: string[] = [];

  /** @throws Error where a frame or a shape names something that the grammar does not have. */
  constructor(source: StoryGrammarSource) {
    this.source = source;
    const frames: Record<string, readonly Frame[]> = {};
    for (const [kind, templates] of Object.entries(source.sentences)) {
      frames[kind] = templates.map((template) => ({ template, parts: this.compile(template) }));
    }
    this.frames = frames;
    for (const kind of source.shapes.flat()) {
      if (frames[kind] === undefined) {
        const known = Object.keys(frames).join(', ');
        throw new Error(`story grammar: a shape asks for a sentence '${kind}'; the sentences are ${known}`);
      }
    }
  }

  /** Writes one story. The same numbers from `random`, uniform in [0, 1), give the same story. */
  generate(random: () => number): Story {
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
    const { ingredients, fits, shapes } = this.source;
    const hero = pick(ingredients.hero);
    const friend = pick(
      ingredients.friend.filter((entry) => ingredients.both.some((both) => fits(hero, entry, both))),
    );
    const both = pick(ingredients.both.filter((entry) => fits(hero, friend, entry)));
    const world = { hero, friend, both, place: pick(ingredients.place), plot: pick(ingredients.plot) };
    const sentences = pick(shapes).map((kind) => this.write(pick(this.frames[kind]!), world));
    return { text: sentences.join(' '), world };
  }

  /** One sentence: a frame filled with a world. */
  write(frame: Frame, world: World): string {
    return this.fill(frame.template, world);
  }

  /** All ways to read a text as one sentence of the grammar, of whatever kind. */
  *readSentence(text: string): Generator<SentenceReading> {
    for (const [kind, frames] of Object.entries(this.frames)) {
      for (const frame of frames) {
        for (const { end, candidates } of this.match(frame.parts, text, 0, this.source.ingredients)) {
          if (end === text.length && this.someWorld(candidates)) yield { kind, frame, candidates };
        }
      }
    }
  }

  /** All ways to read a text as one whole story. A story of the grammar has exactly one, with exactly one world. */
  *readStory(text: string): Generator<StoryReading> {
    for (const shape of this.source.shapes)
      yield* this.readShape(shape, text, 0, [], this.source.ingredients);
  }

  /** How many worlds there are: heroes and friends that may meet, times places, times plots. */
  countWorlds(): number {
    const { ingredients, fits } = this.source;
    let casts = 0;
    for (const hero of ingredients.hero) {
      for (const friend of ingredients.friend) {
        for (const both of ingredients.both) if (fits(hero, friend, both)) casts++;
      }
    }
    return casts * ingredients.place.length * ingredients.plot.length;
  }

  /** How many different stories there are: worlds times wordings, since no two of them give the same text. */
  count(): number {
    const wordings = this.source.shapes.map((shape) =>
      shape.reduce((product, kind) => product * this.frames[kind]!.length, 1),
    );
    return this.countWorlds() * wordings.reduce((sum, count) => sum + count, 0);
  }

  /** Every word that can start a sentence, names left out: what may have a capital without being a name. */
  firstWords(): Set<string> {
    const words = new Set<string>();
    for (const frame of Object.values(this.frames).flat()) {
      if (frame.template.startsWith('{hero.name}') || frame.template.startsWith('{friend.name}')) continue;
      for (const start of starts(frame.parts)) words.add(start.match(/\p{L}+/u)?.[0] ?? '');
    }
    words.delete('');
    return words;
  }

  private fill(template: string, world: World): string {
    return template.replace(slotPattern, (_slot, ingredient: IngredientName, form: string) =>
      this.fill(formOf(world[ingredient], form)!, world),
    );
  }

  private *readShape(
    shape: readonly string[],
    text: string,
    position: number,
    before: readonly Frame[],
    candidates: Candidates,
  ): Generator<StoryReading> {
    for (const frame of this.frames[shape[before.length]!]!) {
      const frames = [...before, frame];
      for (const match of this.match(frame.parts, text, position, candidates)) {
        if (frames.length < shape.length) {
          if (text[match.end] !== ' ') continue;
          yield* this.readShape(shape, text, match.end + 1, frames, match.candidates);
        } else if (match.end === text.length && this.someWorld(match.candidates)) {
          yield { shape, frames, worlds: [...this.worlds(match.candidates)] };
        }
      }
    }
  }

  /** Matches parts against the text from `position` on, narrowing the candidates slot by slot. */
  private *match(
    parts: readonly Part[],
    text: string,
    position: number,
    candidates: Candidates,
  ): Generator<Match> {
    const [part, ...rest] = parts;
    if (part === undefined) {
      yield { end: position, candidates };
    } else if (typeof part === 'string') {
      if (text.startsWith(part, position)) {
        yield* this.match(rest, text, position + part.length, candidates);
      }
    } else {
      for (const wording of part.wordings) {
        const [start] = wording.parts;
        if (typeof start === 'string' && !text.startsWith(start, position)) continue;
        const left = candidates[part.ingredient].filter((entry) => wording.entries.has(entry));
        if (left.length === 0) continue;
        const narrowed = { ...candidates, [part.ingredient]: left };
        yield* this.match([...wording.parts, ...rest], text, position, narrowed);
      }
    }
  }

  private *worlds({ hero: heroes, friend: friends, both: boths, place, plot }: Candidates): Generator<World> {
    for (const hero of heroes) {
      for (const friend of friends) {
        for (const both of boths) {
          if (!this.source.fits(hero, friend, both)) continue;
          for (const where of place) {
            for (const what of plot) yield { hero, friend, both, place: where, plot: what };
          }
        }
      }
    }
  }

  private someWorld(candidates: Candidates): boolean {
    return this.worlds(candidates).next().done === false;
  }

  /**
   * Splits a template into text and slots. A frame is filled from any entry, so each must have the forms that it
   * asks for; a form, `holder`, asks only the entries that are worded so for the others of their forms.
   */
  private compile(template: string, holder?: { ingredient: string; entries: Iterable<Entry> }): Part[] {
    const parts: Part[] = [];
    let end = 0;
    for (const { 0: written, 1: name, 2: form, index } of template.matchAll(slotPattern)) {
      const ingredient = ingredientNames.find((known) => known === name);
      if (ingredient === undefined) {
        const known = ingredientNames.join(', ');
        throw new Error(`story grammar: ${written} in '${template}' names no ingredient; they are ${known}`);
      }
      const asked = holder?.ingredient === ingredient ? holder.entries : this.source.ingredients[ingredient];
      for (const entry of asked) {
        if (formOf(entry, form!) !== undefined) continue;
        throw new Error(
          `story grammar: ${written} in '${template}' is missing from ${JSON.stringify(entry)}`,
        );
      }
      if (index > end) parts.push(template.slice(end, index));
      parts.push(this.slot(ingredient, form!));
      end = index + written.length;
    }
    if (end < template.length) parts.push(template.slice(end));
    if (parts.some((part) => typeof part === 'string' && /[{}]/.test(part))) {
      throw new Error(`story grammar: a stray brace in '${template}'; write slots as {ingredient.form}`);
    }
    return parts;
  }

  private slot(ingredient: IngredientName, form: string): Slot {
    const written = `{${ingredient}.${form}}`;
    const compiled = this.slots.get(written);
    if (compiled !== undefined) return compiled;
    if (this.open.includes(written)) {
      throw new Error(`story grammar: ${written} holds itself, through ${this.open.join(' → ')}`);
    }
    this.open.push(written);
    const groups = new Map<string, Set<Entry>>();
    for (const entry of this.source.ingredients[ingredient]) {
      const text = formOf(entry, form);
      if (text === undefined) continue;
      const group = groups.get(text) ?? new Set();
      groups.set(text, group.add(entry));
    }
    const wordings = [...groups].map(([text, entries]) => ({
      parts: this.compile(text, { ingredient, entries }),
      entries,
    }));
    this.open.pop();
    const slot = { ingredient, wordings };
    this.slots.set(written, slot);
    return slot;
  }
}

/** The beginnings that parts can have, up to the first space. */
function* starts(parts: readonly Part[]): Generator<string> {
  const [part, ...rest] = parts;
  if (part === undefined) {
    yield '';
  } else if (typeof part === 'string') {
    const space = part.indexOf(' ');
    if (space >= 0) yield part.slice(0, space);
    else for (const end of starts(rest)) yield part + end;
  } else {
    for (const wording of part.wordings) yield* starts([...wording.parts, ...rest]);
  }
}
