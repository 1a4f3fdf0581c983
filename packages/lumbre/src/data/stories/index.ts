/**
 * Small stories in Spanish and English, written by a grammar: the text that `npm start` learns from, with no
 * download, and the same grammar as the judge of what the model then writes.
 */
export {
  countStories,
  generateStory,
  type StoryCorpusOptions,
  type StorySplit,
  splitOf,
  storyCorpus,
} from './corpus.ts';
export { describeEvaluation, evaluateStories, type StoryEvaluation } from './evaluate.ts';
export { type Entry, StoryGrammar, type StoryGrammarSource, type World } from './grammar.ts';
export { type Language, storyGrammar } from './languages.ts';
export { parseStory, type SentenceReport, type StoryReport, splitSentences } from './report.ts';
