import type { Repository } from '../../hub/index.ts';
import { GenerationConfig } from './generationConfig.ts';

/** Where Hugging Face keeps what `generate` goes by. */
export const GENERATION_CONFIG_FILE = 'generation_config.json';

/** The file is small; more than this is none. */
const MOST_BYTES = 2 ** 20;

/**
 * How a repository says that its model writes.
 * @returns null where it does not say
 * @throws HubError for a damaged file; TypeError, RangeError or Error for settings that are wrong or not supported, with the
 *   file's name.
 */
export async function readGenerationConfig(repository: Repository): Promise<GenerationConfig | null> {
  if (!(await repository.has(GENERATION_CONFIG_FILE))) return null;
  const json = await repository.json(GENERATION_CONFIG_FILE, { maxBytes: MOST_BYTES });
  try {
    return GenerationConfig.fromJSON(json);
  } catch (error) {
    if (error instanceof Error)
      error.message = `${GENERATION_CONFIG_FILE} of ${repository.name}: ${error.message}`;
    throw error;
  }
}
