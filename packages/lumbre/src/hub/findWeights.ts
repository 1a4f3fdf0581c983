import { damagedFile, HubError } from './hubError.ts';
import type { Json } from './json.ts';
import { isSafePath, type Repository } from './repository.ts';

/** Which of a model's files are its weights. */
export interface FoundWeights {
  readonly format: 'safetensors' | 'pytorch' | 'gguf';
  /** What one of the files is, or the index that names them. */
  readonly path: string;
  /** The files with the names of the tensors that each has; null for a file that stands alone. */
  readonly shards: ReadonlyMap<string, ReadonlySet<string> | null>;
  /** Bytes of all tensors together, where an index says so. */
  readonly totalBytes: number | undefined;
}

export interface FindWeightsOptions {
  /** The file, or the index, where a repository has several: `model.Q8_0.gguf`, `onnx/model.safetensors`. */
  readonly file?: string;
  /** `fp16` looks for `model.fp16.safetensors`, as Hugging Face's option does. */
  readonly variant?: string;
}

const formatOf = (path: string): FoundWeights['format'] | undefined => {
  if (path.endsWith('.safetensors')) return 'safetensors';
  if (/\.(bin|pt|pth)$/.test(path)) return 'pytorch';
  return path.endsWith('.gguf') ? 'gguf' : undefined;
};

/** Where Hugging Face looks, in its order, and the indices beside them. */
const names = ({ variant }: FindWeightsOptions): string[] => {
  const middle = variant === undefined ? '' : `.${variant}`;
  return [
    `model${middle}.safetensors`,
    `model.safetensors.index${middle}.json`,
    `pytorch_model${middle}.bin`,
    `pytorch_model.bin.index${middle}.json`,
  ];
};

/**
 * Finds a model's weights: `model.safetensors`, its shards, `pytorch_model.bin`, its shards, or the only `.gguf`, in this
 * order.
 * @throws HubError `hub.noWeights` when there are none, or several `.gguf`; `hub.damaged` for an index that names files
 *   outside the repository
 */
export async function findWeights(
  repository: Repository,
  options: FindWeightsOptions = {},
): Promise<FoundWeights> {
  if (options.file !== undefined) return await foundAt(repository, options.file);
  for (const name of names(options)) if (await repository.has(name)) return await foundAt(repository, name);
  const all = (await repository.list()).filter((path) => path.endsWith('.gguf'));
  if (all.length === 1) return await foundAt(repository, all[0] as string);
  const what =
    all.length > 1
      ? `has ${all.length} .gguf files: ${all.slice(0, 12).join(', ')}. Choose one with { file: … }`
      : `has no weights that are known here; expected one of ${names(options).join(', ')}, or a .gguf file`;
  throw new HubError('hub.noWeights', `hub: ${repository.name} ${what}.`, { repository: repository.name });
}

async function foundAt(repository: Repository, path: string): Promise<FoundWeights> {
  if (path.endsWith('.json')) return await readIndex(repository, path);
  const format = formatOf(path);
  if (format) return { format, path, shards: new Map([[path, null]]), totalBytes: undefined };
  throw new HubError(
    'hub.noWeights',
    `hub: ${path} is no file of weights; known are .safetensors, .bin, .pt, .pth, .gguf, and an index of the first two.`,
    { repository: repository.name, path },
  );
}

/** More files than any model has. */
const MOST_SHARDS = 10_000;

async function readIndex(repository: Repository, path: string): Promise<FoundWeights> {
  const fail = (reason: string): never => {
    throw damagedFile(repository.name, path, reason);
  };
  const index = await repository.json(path);
  const places = index instanceof Map ? index.get('weight_map') : undefined;
  if (!(index instanceof Map) || !(places instanceof Map)) return fail("it has no 'weight_map'");
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const shards = new Map<string, Set<string>>();
  const formats = new Set<FoundWeights['format']>();
  for (const [name, file] of places) {
    const format = typeof file === 'string' ? formatOf(file) : undefined;
    if (typeof file !== 'string' || !isSafePath(file) || format === undefined) {
      return fail(
        `it says that tensor ${JSON.stringify(name)} is in ${shown(file)}, which is no file of weights beside it`,
      );
    }
    formats.add(format);
    const shard = shards.get(folder + file);
    if (shard) shard.add(name);
    else shards.set(folder + file, new Set([name]));
    if (shards.size > MOST_SHARDS) fail(`it names more than ${MOST_SHARDS} files`);
  }
  const [format, other] = formats;
  if (format === undefined || other !== undefined)
    return fail('it names no files, or files of several formats');
  const metadata = index.get('metadata');
  const total = metadata instanceof Map ? metadata.get('total_size') : undefined;
  const totalBytes = typeof total === 'number' && total >= 0 ? total : undefined;
  return { format, path, shards: new Map([...shards].sort(([a], [b]) => (a < b ? -1 : 1))), totalBytes };
}

const shown = (value: Json): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 200)) : 'something that is no text';
