import { english } from './en.ts';
import { spanish } from './es.ts';
import { StoryGrammar } from './grammar.ts';

/** The languages that the stories are told in. */
export type Language = 'es' | 'en';

const sources = { es: spanish, en: english };
const compiled = new Map<Language, StoryGrammar>();

/**
 * The grammar of a language, compiled once.
 *
 * @throws RangeError for a language that the stories are not told in.
 */
export function storyGrammar(language: Language): StoryGrammar {
  let grammar = compiled.get(language);
  if (grammar === undefined) {
    if (!Object.hasOwn(sources, language)) {
      throw new RangeError(`stories: no grammar for the language '${language}'; choose 'es' or 'en'`);
    }
    grammar = new StoryGrammar(sources[language]);
    compiled.set(language, grammar);
  }
  return grammar;
}
