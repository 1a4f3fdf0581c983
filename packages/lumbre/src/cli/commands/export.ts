import { join } from 'node:path';
import { readSafetensors, type StoredArray, writeSafetensors } from '../../hub/index.ts';
import type { Metrics } from '../../train/index.ts';
import { parseMetrics, runFileNames } from '../../train/index.ts';
import { CliError } from '../errors.ts';
import { exists, makeFolder, readBytes, writeAtomic } from '../files.ts';
import type { Context } from '../io.ts';
import { modelCard } from '../modelCard.ts';
import { modelFolder, openFolder } from '../openModel.ts';
import { nameFromPath, readModelFolder } from '../run.ts';
import { openWorkshop } from '../workshop.ts';

export interface ExportOptions {
  readonly folder: string;
  /** What 32-bit weights become. */
  readonly dtype: 'float16' | 'float32';
  /** Whether what is exported is measured on data that it has not seen, for its card. */
  readonly evaluate: boolean;
  readonly dataFolder?: string;
  readonly json: boolean;
  readonly device: string;
}

/** The largest number that 16 bits hold. */
const LARGEST_HALF = 65_504;

/** Weights in 16 bits, or in 32. What is no float stays as it is, and so does what 16 bits cannot hold. */
export function convertWeights(weights: Uint8Array, dtype: ExportOptions['dtype']): Uint8Array {
  const { tensors, metadata } = readSafetensors(weights);
  const convert = (array: StoredArray): StoredArray => {
    if (array.dtype !== 'float32' && array.dtype !== 'float16') return array;
    const fits = dtype === 'float32' || array.data.every((value) => Math.abs(value) <= LARGEST_HALF);
    return { ...array, dtype: fits ? dtype : 'float32' };
  };
  return writeSafetensors(
    [...tensors].map(([name, array]) => [name, convert(array)] as const),
    metadata,
  );
}

/** The figures of a run's last evaluation, if its folder has them. */
function lastFigures(folder: string): Metrics {
  const path = join(folder, runFileNames.metrics);
  if (!exists(path)) return {};
  const metrics = parseMetrics(new TextDecoder().decode(readBytes(path)));
  const last = metrics.findLast((metric) => 'validation' in metric);
  return last && 'validation' in last ? last.validation : {};
}

/**
 * `lumbre export MODEL FOLDER`: the model alone, without checkpoint and history: configuration, weights of 16 bits, files,
 * and a card that says what it is and how it is made again.
 */
export async function exportModel(name: string, options: ExportOptions, context: Context): Promise<void> {
  const { output, theme, messages, format } = context;
  const { folder, dtype } = options;
  if (exists(folder)) throw new CliError((messages) => messages.exportExists(folder));
  const from = modelFolder(name);
  const parts = readModelFolder(from);
  // What cannot be opened is not passed on.
  (await openFolder(name, options.device)).creation.dispose();
  const weights = convertWeights(parts.weights, dtype);
  makeFolder(folder);
  writeAtomic(join(folder, runFileNames.weights), weights);
  for (const [file, content] of parts.files) writeAtomic(join(folder, file), content);
  writeAtomic(join(folder, runFileNames.config), `${JSON.stringify(parts.config, null, 2)}\n`);
  // Opened from there, so that figures are those of the weights as they were rounded.
  const { creation, recipe, config } = await openFolder(folder, options.device);
  try {
    const measured = options.evaluate ? await creation.evaluate?.(openWorkshop(options, context)) : undefined;
    const card = modelCard(
      {
        name: nameFromPath(folder),
        recipe,
        config,
        figures: measured ?? lastFigures(from),
        parameters: creation.model.parameterCount(),
        bytes: weights.length,
      },
      context,
    );
    writeAtomic(join(folder, 'README.md'), card);
  } finally {
    creation.dispose();
  }
  if (options.json) output.write(`${JSON.stringify({ model: name, folder, bytes: weights.length })}\n`);
  else {
    const size = `${format.integer(weights.length / 1000)} kB`;
    output.write(`  ${theme.glow('●')} ${messages.savedFile(folder)} ${theme.muted(`· ${size}`)}\n`);
  }
}
