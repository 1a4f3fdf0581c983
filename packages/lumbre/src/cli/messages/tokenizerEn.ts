import type { tokenizerEs } from './tokenizerEs.ts';

/** What the command line says about tokenizers, in English. */
export const tokenizerEn: typeof tokenizerEs = {
  tokenizerStages: {
    words: 'Counting words',
    seeds: 'Looking for pieces',
    pairs: 'Counting pairs',
    merges: 'Learning merges',
    expectation: 'Estimating, pruning',
  },
  tokenizerRate: { characters: 'characters/s', words: 'words/s', tokens: 'tokens/s' },
  tokenizerTrained: (tokens, time) => `Done: ${tokens} tokens in ${time}.`,
  tokenizerFew: (wanted) =>
    `${wanted} were asked for, and the text has not more to give: every further token would have to come in it again.`,
  tokenizerDensity: (figure) => `${figure} characters per token in the text that it learned from`,
  tokenizerTry: 'try it on a text of yours',
  tokenizerLook: 'look inside',
  tokenizerCount: (tokens, tokenCount, characters, characterCount) =>
    `${tokens} ${tokenCount === 1 ? 'token' : 'tokens'}, ${characters} ${characterCount === 1 ? 'character' : 'characters'}`,
  tokenizerPerToken: (figure) => `${figure} characters per token`,
  tokenizerIds: 'ids',
  tokenizerModel: 'model',
  tokenizerTokens: 'tokens',
  tokenizerMerges: 'merges',
  tokenizerNormalizer: 'normalizer',
  tokenizerPreTokenizer: 'pre-tokenizer',
  tokenizerPostProcessor: 'post-processor',
  tokenizerDecoder: 'decoder',
  tokenizerNone: 'none',
  tokenizerUnknown: 'unknown',
  tokenizerSpecial: 'special',
  tokenizerAdded: 'added',
  tokenizerMeanLength: 'mean length',
  tokenizerCharacters: (figure) => `${figure} characters`,
  tokenizerLongest: 'the longest',

  tokenizerNeedText: 'The text is missing: write it after the tokenizer, or name a file with --file.',
  tokenizerOneText: 'A text and --file do not go together: choose one.',
  tokenizerExists: (path) => `${path} exists. Choose another with --out, or overwrite it with --force.`,
  tokenizerOnlyFor: (option, models) => `${option} goes with --model ${models} only.`,
  tokenizerDamaged: (path, reason) => `${path} cannot be used as a tokenizer. (${reason})`,
  tokenizerStopped: 'The training was stopped: nothing was written.',
};
