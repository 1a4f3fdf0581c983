import type { Json, Repository } from '../../hub/index.ts';
import { snakeCase } from './defineConfig.ts';
import type { ConfigKind, JsonObject, PretrainedConfig } from './pretrainedConfig.ts';

export interface ReadConfigOptions {
  /** Settings that count instead of those of the file, in camelCase. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** The file of weights that was asked for: a GGUF file has its configuration inside. */
  readonly file?: string | undefined;
}

/** `config.json` is small; more than this is none. */
const MOST_BYTES = 2 ** 22;

/** The object in `config.json`. @throws HubError when there is none; RangeError when it is no object. */
export async function readConfigJson(repository: Repository): Promise<JsonObject> {
  const json = await repository.json('config.json', { maxBytes: MOST_BYTES });
  if (json instanceof Map) return json;
  throw new RangeError(`config.json of ${repository.name}: expected an object.`);
}

/** The configuration of a model in a repository. @throws RangeError when it is not of this kind, or wrong. */
export async function readConfig<Config extends PretrainedConfig>(
  repository: Repository,
  kind: ConfigKind<Config>,
  { settings = {} }: ReadConfigOptions = {},
): Promise<Config> {
  const json = new Map(await readConfigJson(repository));
  for (const [name, value] of Object.entries(settings)) json.set(snakeCase(name), value as Json);
  return kind.fromJson(json, `config.json of ${repository.name}`);
}
