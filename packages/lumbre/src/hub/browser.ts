// What `openRepository` asks of its surroundings, answered by a browser. `../node/hub/index.ts` exports the same names.
import { HubError } from './hubError.ts';
import type { HubOptions, Repository } from './repository.ts';

export async function openPlace(source: string, _options: HubOptions): Promise<Repository> {
  throw new HubError('hub.badName', `hub: ${source} cannot be opened here.`);
}
