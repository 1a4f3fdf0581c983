import type { StoryGrammar } from './grammar.ts';
import { type Language, storyGrammar } from './languages.ts';

export interface SentenceReport {
  readonly text: string;
  /** Whether some frame of the grammar reads it, with all its agreements. */
  readonly parses: boolean;
  /** The kind of sentence it was read as ('opening', 'wish', 'trouble', ...); null where it does not parse. */
  readonly kind: string | null;
}

/** What the grammar makes of a text. */
export interface StoryReport {
  readonly sentences: readonly SentenceReport[];
  /** The different names, in the order in which they turn up, misspelt ones included. */
  readonly names: readonly string[];
  /**
   * Whether the names stay the same: there are two, the hero's and then the friend's, each comes back in a later
   * sentence, none is misspelt or made up, and no sentence gives one of the two the other's part.
   */
  readonly consistent: boolean;
  /**
   * Whether the text is one story from its opening to its end, to the letter: the right sentences in the right order,
   * and one world (hero, friend, place, wish, trouble, remedy) that explains them all.
   */
  readonly whole: boolean;
}

/**
 * Reads a text, whoever wrote it, by the grammar that writes the stories. Any text will do, an untrained model's
 * noise too.
 */
export function parseStory(language: Language, text: string): StoryReport {
  const grammar = storyGrammar(language);
  const parts = { hero: new Set<string>(), friend: new Set<string>() };
  const named: string[][] = [];
  const sentences = splitSentences(text).map((sentence) => {
    named.push(namesIn(sentence, grammar));
    const [reading] = grammar.readSentence(sentence);
    if (reading === undefined) return { text: sentence, parses: false, kind: null };
    for (const part of ['hero', 'friend'] as const) {
      if (!reading.frame.template.includes(`{${part}.name}`)) continue;
      for (const entry of reading.candidates[part]) parts[part].add(entry.name!);
    }
    return { text: sentence, parses: true, kind: reading.kind };
  });
  const names = [...new Set(named.flat())];
  const [hero, friend] = names;
  const consistent =
    names.length === 2 &&
    names.every((name) => castOf(grammar).names.has(name)) &&
    names.every((name) => named.filter((inSentence) => inSentence.includes(name)).length >= 2) &&
    [...parts.hero].every((name) => name === hero) &&
    [...parts.friend].every((name) => name === friend);
  const whole = grammar.readStory(text).next().done === false;
  return { sentences, names, consistent, whole };
}

/** Splits at full stops, exclamation and question marks and line ends. What has no end mark is a sentence as well. */
export function splitSentences(text: string): string[] {
  const sentences = text.match(/[^.!?\n]*[.!?]+|[^.!?\n]+/g) ?? [];
  return sentences.map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
}

interface Cast {
  readonly names: ReadonlySet<string>;
  readonly firstWords: ReadonlySet<string>;
}

const casts = new WeakMap<StoryGrammar, Cast>();

/** The names of a grammar, and the words that have a capital for another reason. */
function castOf(grammar: StoryGrammar): Cast {
  let cast = casts.get(grammar);
  if (cast === undefined) {
    const { hero, friend } = grammar.source.ingredients;
    const names = new Set([...hero, ...friend].map((entry) => entry.name!));
    cast = { names, firstWords: grammar.firstWords() };
    casts.set(grammar, cast);
  }
  return cast;
}

/** The names in a sentence. A word with a capital that can start no sentence counts: a name gone wrong looks so. */
function namesIn(sentence: string, grammar: StoryGrammar): string[] {
  const { names, firstWords } = castOf(grammar);
  const words = sentence.match(/(?<!\p{L})\p{Lu}\p{L}*/gu) ?? [];
  return words.filter((word) => names.has(word) || !firstWords.has(word));
}
