import { join } from 'node:path';
import { AutoTokenizer } from '../tokenizers/index.ts';
import { runFileNames } from '../train/index.ts';
import { AutoModelForCausalLM, streamGenerate } from '../transformers/index.ts';
import { exists, readJson } from './files.ts';
import { runsFolder } from './run.ts';

/** The folder that a name stands for, if a model of Hugging Face's format lies there: its `config.json` names a family. */
export function pretrainedFolder(name: string): string | null {
  const folder = [name, join(runsFolder, name)].find((place) => exists(join(place, runFileNames.config)));
  if (folder === undefined) return null;
  const json = readJson(join(folder, runFileNames.config));
  return typeof json === 'object' && json !== null && Object.hasOwn(json, 'model_type') ? folder : null;
}

export interface PretrainedSampling {
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly topK?: number | undefined;
  readonly topP?: number | undefined;
  readonly seed?: number | undefined;
  readonly signal: AbortSignal;
}

/** Writes on with a model of a folder, piece by piece. An interruption ends the text where it is. */
export async function* writePretrained(
  folder: string,
  prompt: string,
  device: string,
  { maxNewTokens, temperature, topK, topP, seed, signal }: PretrainedSampling,
): AsyncGenerator<string, void, undefined> {
  const tokenizer = await AutoTokenizer.fromPretrained(folder);
  const model = await AutoModelForCausalLM.fromPretrained(folder, { device });
  try {
    const ids = tokenizer.encode(prompt);
    const first = tokenizer.bosTokenId ?? tokenizer.eosTokenId ?? 0;
    const begin = ids.length > 0 ? ids : [first];
    const room = model.maxPositions - begin.length;
    if (maxNewTokens === 0 || room <= 0) return;
    yield* streamGenerate(model, [begin], {
      tokenizer,
      maxNewTokens: Math.min(maxNewTokens, room),
      ...(temperature === 0 ? { doSample: false } : { doSample: true, temperature, topK: topK ?? 0 }),
      ...(temperature > 0 && topP !== undefined && { topP }),
      ...(seed !== undefined && { seed }),
      signal,
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    model.dispose();
  }
}
