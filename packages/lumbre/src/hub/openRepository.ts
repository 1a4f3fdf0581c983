import { openPlace } from '#hub';
import type { HubOptions, Repository } from './repository.ts';

/**
 * The files of a model.
 *
 * - In Node `source` is a folder, or a model's name on the hub (`gpt2`, `HuggingFaceTB/SmolLM-135M`), whose files are
 *   downloaded when they are first read and kept in Hugging Face's own cache, together with Python's.
 * - In browsers it is a name on the hub; files are kept in Cache Storage.
 * - In both, an address: of a model's page on the hub, or of a folder of any web server.
 *
 * Nothing is asked of the network before a file is. A repository passes through, so that whoever takes a name may be given
 * one.
 * @throws HubError `hub.badName` for what can be none of these, `hub.noRepository` for a folder that is missing
 */
export const openRepository = async (
  source: string | Repository,
  options: HubOptions = {},
): Promise<Repository> => (typeof source === 'string' ? await openPlace(source, options) : source);
