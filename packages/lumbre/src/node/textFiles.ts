import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { DataSetError, decodeText } from '../data/index.ts';

/** A text file in UTF-8, lines ended by `\n`. @throws TextError for what is no text; errors of the file system */
export async function readTextFile(path: string): Promise<string> {
  return decodeText(new Uint8Array(await readFile(path)), path);
}

export interface TextFolderOptions {
  /** Endings of files that are texts. Default `.txt` and `.md`. */
  readonly extensions?: readonly string[];
}

export interface TextFile {
  /** The path within the folder. */
  readonly name: string;
  readonly text: string;
}

/**
 * All texts of a folder and those below it, by the order of their names. Files that begin with a dot are passed over.
 * @throws DataSetError when there are none; TextError that names the file which is no text
 */
export async function readTextFolder(
  folder: string,
  { extensions = ['.txt', '.md'] }: TextFolderOptions = {},
): Promise<TextFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .filter(({ name }) => extensions.includes(extname(name).toLowerCase()))
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .sort();
  if (names.length === 0) {
    const reason = `it has no texts; known are ${extensions.join(' ')}`;
    throw new DataSetError('data.damaged', `${folder}: ${reason}.`, { name: folder, reason });
  }
  const files: TextFile[] = [];
  for (const name of names) files.push({ name, text: await readTextFile(join(folder, name)) });
  return files;
}
