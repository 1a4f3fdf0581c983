import { loadAll, replaceAll } from './database.ts';
import { type ProgressFile, progressFile } from './model.ts';
import { openProgress } from './store.ts';

/** The largest file that is read: a learner's code and marks are kilobytes. */
const MOST_BYTES = 20 * 1024 * 1024;

/** All that is remembered, as a file to keep. */
export async function exportProgress(): Promise<{ name: string; text: string }> {
  const [lessons, cards, code] = await Promise.all([loadAll('lessons'), loadAll('cards'), loadAll('code')]);
  const file: ProgressFile = {
    format: 'lumbre-progress',
    version: 1,
    lessons: Object.fromEntries(lessons),
    cards: Object.fromEntries(cards),
    code: Object.fromEntries(code),
  };
  return { name: 'lumbre-avance.json', text: JSON.stringify(file, null, 1) };
}

/** Why a file cannot be taken. */
export type ImportProblem = 'too large' | 'not progress';

/**
 * Takes what a file remembers in the place of what is here. The file may be anybody's: it is checked whole before anything is
 * replaced, and code in it is only ever shown, and runs when its reader runs it.
 */
export async function importProgress(file: Blob): Promise<ImportProblem | null> {
  if (file.size > MOST_BYTES) return 'too large';
  let content: unknown;
  try {
    content = JSON.parse(await file.text());
  } catch {
    return 'not progress';
  }
  const parsed = progressFile.safeParse(content);
  if (!parsed.success) return 'not progress';
  const { lessons, cards, code } = parsed.data;
  await replaceAll({ lessons, cards, code });
  await openProgress();
  return null;
}
