import { findWeights, ggufConfig, type Json, openGguf, type Repository } from '../../hub/index.ts';
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

/**
 * The object in `config.json`; of a GGUF file, which is asked for or stands alone, the same made from what it says of itself.
 * @param file the file of weights that was asked for
 * @throws HubError when there is neither; RangeError when it is no object; GgufError
 */
export async function readConfigJson(repository: Repository, file?: string): Promise<JsonObject> {
  const asked = file?.endsWith('.gguf') ?? false;
  if (!asked && (await repository.has('config.json'))) {
    const json = await repository.json('config.json', { maxBytes: MOST_BYTES });
    if (json instanceof Map) return json;
    throw new RangeError(`config.json of ${repository.name}: expected an object.`);
  }
  const { format, path } = await findWeights(repository, file === undefined ? {} : { file });
  // What is missing is named by the error of reading it.
  if (format !== 'gguf') return new Map((await repository.json('config.json')) as Map<string, Json>);
  const gguf = await openGguf(await repository.open(path));
  try {
    return ggufConfig(gguf);
  } finally {
    await gguf.close();
  }
}

/** The configuration of a model in a repository. @throws RangeError when it is not of this kind, or wrong. */
export async function readConfig<Config extends PretrainedConfig>(
  repository: Repository,
  kind: ConfigKind<Config>,
  { settings = {}, file }: ReadConfigOptions = {},
): Promise<Config> {
  const json = new Map(await readConfigJson(repository, file));
  for (const [name, value] of Object.entries(settings)) json.set(snakeCase(name), value as Json);
  return kind.fromJson(json, `${file?.endsWith('.gguf') ? file : 'config.json'} of ${repository.name}`);
}
