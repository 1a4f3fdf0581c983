import { join } from 'node:path';
import type { Finetuning } from '../../transformers/index.ts';
import { ADAPTER_FOLDER } from './finetuneRun.ts';

/**
 * Writes what was learned so far: the model with all in it, as `fromPretrained` opens it, and adapters by themselves besides.
 * Of weights in 8 bits there are adapters alone.
 */
export async function saveTuned(
  { model, peft, tokenizer, settings }: Finetuning,
  folder: string,
): Promise<void> {
  await tokenizer.savePretrained(folder);
  if (!peft) return await model.savePretrained(folder);
  await peft.savePretrained(join(folder, ADAPTER_FOLDER));
  if (settings.dtype !== 'int8') await peft.withMerged((merged) => merged.savePretrained(folder));
}
