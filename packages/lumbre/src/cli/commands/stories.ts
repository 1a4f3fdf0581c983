import { describeEvaluation, type Language, storyCorpus } from '../../data/index.ts';
import type { Context } from '../io.ts';
import { openFolder } from '../openModel.ts';
import { evaluateModel } from '../storyteller.ts';
import { indented } from '../telling.ts';

export interface EvaluateOptions {
  readonly count: number;
  readonly temperature: number;
  readonly seed: number;
  readonly json: boolean;
  readonly device: string;
}

/** Stories that are shown beside the figures. */
const shown = 2;

/** `lumbre stories evaluate RUN`: has the model write stories and measures them by the grammar. */
export async function evaluateRun(folder: string, options: EvaluateOptions, context: Context): Promise<void> {
  const { output, messages, format, theme, language, signal } = context;
  const { count, temperature, seed, json, device } = options;
  const opened = await openFolder(folder, device);
  try {
    if (!json) output.write(`\n  ${theme.muted(messages.measuring(format.integer(count)))}\n\n`);
    const { stories, evaluation } = await evaluateModel(opened, { count, temperature, seed, signal });
    if (signal.aborted) return;
    if (json) {
      output.write(`${JSON.stringify({ ...evaluation, temperature, seed })}\n`);
      return;
    }
    for (const story of stories.slice(0, shown)) output.write(`${indented(story, context)}\n\n`);
    for (const line of describeEvaluation(evaluation, language)) output.write(`  ${line}\n`);
    output.write('\n');
  } finally {
    opened.creation.dispose();
  }
}

/** `lumbre stories sample`: stories as the grammar writes them, one a line. */
export function sampleStories(
  { count, seed, language }: { readonly count: number; readonly seed: number; readonly language: Language },
  { output }: Context,
): void {
  for (const story of storyCorpus({ language, seed, count, split: 'train' })) output.write(`${story}\n`);
}
