import { scope } from 'lumbre';
import { readSafetensors } from 'lumbre/hub';
import { completeGPTConfig, GPT, type GPTConfig, generateMany } from 'lumbre/models';
import { CharTokenizer } from 'lumbre/text';
import { toTensors } from 'lumbre/train';
import type { Locale } from '../i18n/locale.ts';
import { fetchZoo } from './zoo.ts';

/** A word that a story may go on with, and in what share of the continuations it did; '' is the end of the story. */
export interface NextWord {
  readonly word: string;
  readonly share: number;
}

const models: Readonly<Record<Locale, string>> = { es: 'cuentos-es', en: 'stories-en' };
const LONGEST_WORD = 16;

let story: { model: GPT; tokenizer: CharTokenizer } | null = null;

/** Opens the package's model that tells stories in a language. */
export async function openStory(locale: Locale): Promise<void> {
  const { config, weights, json } = await fetchZoo(models[locale]);
  const tokenizer = CharTokenizer.fromJSON(await json('tokenizer.json'));
  const model = new GPT(completeGPTConfig((config as { config: { model: GPTConfig } }).config.model));
  const { tensors } = readSafetensors(weights);
  scope(() => model.loadStateDict(toTensors(tensors)));
  story = { model, tokenizer };
}

/**
 * The words that the model goes on with, most frequent first: the story is continued `tried` times, each until the word is
 * whole. The same story always gives the same words.
 */
export async function nextWords(text: string, tried: number): Promise<NextWord[]> {
  if (!story) throw new Error('nextWords: openStory comes first.');
  const { model, tokenizer } = story;
  const [lineEnd] = tokenizer.encode('\n');
  const room = model.config.blockSize - LONGEST_WORD - 2;
  const tokens = [lineEnd as number, ...tokenizer.encode(`${text} `)].slice(-room);
  const written = await generateMany(model, tokens, tried, {
    maxNewTokens: LONGEST_WORD,
    stopToken: lineEnd as number,
    seed: 1,
  });
  const counts = new Map<string, number>();
  for (const ids of written) {
    const [word = ''] = tokenizer.decode(ids).split(/\s/);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .map(([word, count]) => ({ word, share: count / tried }))
    .sort((a, b) => b.share - a.share || a.word.localeCompare(b.word));
}
