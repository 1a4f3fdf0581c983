import { damagedFile, HubError, noFile } from './hubError.ts';
import { type Json, parseJson } from './json.ts';
import { type RandomAccessFile, readWholeFile } from './randomAccess.ts';

/** How far a download is. */
export interface HubProgress {
  /** The file, with the model that it belongs to: `openai-community/gpt2/model.safetensors`. */
  readonly name: string;
  readonly url: string;
  /** Bytes that are here, those of an earlier try among them. */
  readonly bytes: number;
  /** How many there will be; undefined when the server does not say. */
  readonly total: number | undefined;
  /** Bytes a second, over this try. */
  readonly rate: number;
}

/** Where a model is looked for, with the names that Hugging Face's `from_pretrained` has for it. */
export interface HubOptions {
  /** A branch, a tag or the hash of a commit. Default `main`. */
  readonly revision?: string;
  /** Where downloads are kept. Default `HF_HUB_CACHE`, or `hub` in `HF_HOME`, or `~/.cache/huggingface/hub`. */
  readonly cacheDir?: string;
  /**
   * What the hub knows you by. Default `HF_TOKEN`, or the one that `hf auth login` wrote; `false` sends none. It is sent to
   * the endpoint alone, never to where that redirects to, and no message has it.
   */
  readonly token?: string | false;
  /** Nothing is asked of the network: what is not kept here is missing. Default whether `HF_HUB_OFFLINE` is set. */
  readonly localFilesOnly?: boolean;
  /** The hub's address. Default `HF_ENDPOINT`, or https://huggingface.co. */
  readonly endpoint?: string;
  /** Told while files come. In Node a terminal shows a bar unless this is given; `false` shows none. */
  readonly progress?: ((progress: HubProgress) => void) | false;
  /** Ends what is going on. */
  readonly signal?: AbortSignal;
}

/** The largest file that is read as a whole unless more is asked for: tokenizers with large vocabularies have 30 MB. */
export const MOST_BYTES = 2 ** 28;

export interface ReadOptions {
  /** A file with more bytes is refused before any of it is read. Default 2^28. */
  readonly maxBytes?: number;
}

/**
 * The files of one model, wherever they lie: a folder, the cache of a hub, a web server, memory. Paths are those that the hub
 * shows, with slashes: `config.json`, `onnx/model.onnx`.
 */
export interface Repository {
  /** What it is called in messages: `openai-community/gpt2`, a folder, an address. */
  readonly name: string;
  /** The paths of all files, in order; those that are here, where nobody can say which others there are. */
  list(): Promise<readonly string[]>;
  /** Whether there is a file. Nothing is downloaded. @throws HubError when that cannot be found out. */
  has(path: string): Promise<boolean>;
  /** The bytes of a file. @throws HubError `hub.noFile` when there is none, `hub.tooLarge` */
  read(path: string, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * What a JSON file holds: strict, with Maps for objects (see `parseJson`).
   * @throws HubError `hub.noFile`, `hub.damaged`, `hub.tooLarge`
   */
  json(path: string, options?: ReadOptions): Promise<Json>;
  /** A file of which parts will be read; close it. @throws HubError `hub.noFile` when there is none */
  open(path: string): Promise<RandomAccessFile>;
}

const MOST_PATH_LENGTH = 1024;
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are refused
const forbidden = /[\u0000-\u001f\u007f\\]|^[A-Za-z]:/;

/** Whether a path stays within its repository, whatever system reads it. */
export const isSafePath = (path: string): boolean =>
  path.length <= MOST_PATH_LENGTH &&
  !forbidden.test(path) &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

/** @throws HubError `hub.badPath` for a path that leads out of its repository, or might on some system. */
export function checkPath(repository: string, path: string): void {
  if (isSafePath(path)) return;
  throw new HubError(
    'hub.badPath',
    `hub: ${JSON.stringify(path.slice(0, 200))} is no path within ${repository}; expected names joined by '/', without '..'.`,
    { repository, path: path.slice(0, 200) },
  );
}

/** What a kind of repository answers by itself; paths are checked before it is asked. */
export interface RepositoryFiles {
  readonly name: string;
  list(): Promise<readonly string[]>;
  has(path: string): Promise<boolean>;
  /** null when there is no such file. */
  open(path: string): Promise<RandomAccessFile | null>;
}

/** A repository of what can be opened: the rest follows from that. */
export function repositoryOf(files: RepositoryFiles): Repository {
  const { name } = files;
  const open = async (path: string): Promise<RandomAccessFile> => {
    checkPath(name, path);
    const file = await files.open(path);
    if (file === null) throw noFile(name, path);
    return file;
  };
  const read = async (path: string, { maxBytes = MOST_BYTES }: ReadOptions = {}) => {
    const file = await open(path);
    try {
      if (file.size > maxBytes) {
        throw new HubError(
          'hub.tooLarge',
          `hub: ${path} of ${name} has ${file.size} bytes, and at most ${maxBytes} were expected.`,
          { repository: name, path, bytes: file.size, most: maxBytes },
        );
      }
      return await readWholeFile(file, maxBytes);
    } finally {
      await file.close();
    }
  };
  return {
    name,
    list: () => files.list(),
    async has(path) {
      checkPath(name, path);
      return await files.has(path);
    },
    open,
    read,
    async json(path, options) {
      const bytes = await read(path, options);
      try {
        return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
      } catch (error) {
        throw damagedFile(
          name,
          path,
          error instanceof SyntaxError ? error.message : 'it is not UTF-8',
          error,
        );
      }
    },
  };
}
