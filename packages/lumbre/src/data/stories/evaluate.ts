import type { Language } from './languages.ts';
import { parseStory } from './report.ts';

/** How well a set of stories keeps to the grammar. Every share is a fraction from 0 to 1. */
export interface StoryEvaluation {
  readonly stories: number;
  readonly sentences: number;
  /** Sentences that parse by the grammar, of all sentences. */
  readonly parsedSentences: number;
  readonly parsedShare: number;
  /** Stories whose names stay the same, of all stories. */
  readonly consistentStories: number;
  readonly consistentShare: number;
  /** Stories that parse from beginning to end as one story. */
  readonly wholeStories: number;
  readonly wholeShare: number;
  /** Stories that are not in the training set. */
  readonly novelStories: number;
  readonly novelShare: number;
  /** Different stories: a model that tells one good story a hundred times has a share of 0.01. */
  readonly distinctStories: number;
  readonly distinctShare: number;
}

/**
 * Measures stories, one text each, by the grammar and against the training set.
 *
 * @param training the stories that the model was trained on; a `Set` is not copied.
 * @throws RangeError where there are no stories to measure.
 */
export function evaluateStories(
  language: Language,
  stories: readonly string[],
  training: ReadonlySet<string> | Iterable<string>,
): StoryEvaluation {
  if (stories.length === 0) throw new RangeError('evaluateStories: there are no stories; give at least one');
  const known: ReadonlySet<string> = training instanceof Set ? training : new Set(training);
  const texts = stories.map((story) => story.trim());
  const reports = texts.map((text) => parseStory(language, text));
  const sentences = reports.flatMap((report) => report.sentences);
  const parsedSentences = sentences.filter((sentence) => sentence.parses).length;
  const consistentStories = reports.filter((report) => report.consistent).length;
  const wholeStories = reports.filter((report) => report.whole).length;
  const novelStories = texts.filter((text) => !known.has(text)).length;
  const distinctStories = new Set(texts).size;
  return {
    stories: stories.length,
    sentences: sentences.length,
    parsedSentences,
    // Empty stories have no sentences, and nothing parses in them.
    parsedShare: parsedSentences / Math.max(1, sentences.length),
    consistentStories,
    consistentShare: consistentStories / stories.length,
    wholeStories,
    wholeShare: wholeStories / stories.length,
    novelStories,
    novelShare: novelStories / stories.length,
    distinctStories,
    distinctShare: distinctStories / stories.length,
  };
}

const wordings = {
  es: {
    of: 'de',
    percent: '\u00a0%',
    title: (stories: string, sentences: string) => `${stories} cuentos, ${sentences} frases`,
    parsed: 'frases que siguen la gramática',
    consistent: 'cuentos que no cambian los nombres',
    whole: 'cuentos completos, de principio a fin',
    novel: 'cuentos nuevos, que no están en el entrenamiento',
    distinct: 'cuentos distintos entre sí',
  },
  en: {
    of: 'of',
    percent: '%',
    title: (stories: string, sentences: string) => `${stories} stories, ${sentences} sentences`,
    parsed: 'sentences that follow the grammar',
    consistent: 'stories whose names stay the same',
    whole: 'stories whole from beginning to end',
    novel: 'new stories, not in the training set',
    distinct: 'stories that differ from one another',
  },
};

/** An evaluation in words, one line for each figure: «frases que siguen la gramática: 97,4 % (487 de 500)». */
export function describeEvaluation(evaluation: StoryEvaluation, language: Language): string[] {
  const words = wordings[language];
  const format = new Intl.NumberFormat(language, { maximumFractionDigits: 1, useGrouping: false });
  const line = (label: string, part: number, total: number) => {
    // Rounded down: 89.96 % is not yet 90 %.
    const percent = Math.floor((1000 * part) / Math.max(1, total)) / 10;
    return `${label}: ${format.format(percent)}${words.percent} (${part} ${words.of} ${total})`;
  };
  const { stories, sentences } = evaluation;
  return [
    words.title(format.format(stories), format.format(sentences)),
    line(words.parsed, evaluation.parsedSentences, sentences),
    line(words.consistent, evaluation.consistentStories, stories),
    line(words.whole, evaluation.wholeStories, stories),
    line(words.novel, evaluation.novelStories, stories),
    line(words.distinct, evaluation.distinctStories, stories),
  ];
}
