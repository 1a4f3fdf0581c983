import { findWeights } from './findWeights.ts';
import { HubError } from './hubError.ts';
import type { Repository } from './repository.ts';

/** What belongs to a model besides its weights: settings, vocabularies, templates. */
const smallFile = /^[^/]+\.(json|txt|model|jinja|bpe)$/;

/**
 * The files of a repository that loading a model needs: its settings, its tokenizer, and its weights in the one format that
 * would be read, without those of other programs.
 * @throws HubError when the list is not known, as of a folder of a web server
 */
export async function modelFiles(repository: Repository): Promise<string[]> {
  const files = await repository.list();
  const wanted = new Set(files.filter((path) => smallFile.test(path) && !path.endsWith('.index.json')));
  try {
    const { path, shards } = await findWeights(repository);
    for (const file of [path, ...shards.keys()]) wanted.add(file);
  } catch (error) {
    // A tokenizer alone has none.
    if (!(error instanceof HubError && error.code === 'hub.noWeights')) throw error;
  }
  return [...wanted].sort();
}
