import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import {
  DataSetError,
  type DataSource,
  decodeText,
  type LoadedData,
  type LoadedTable,
  registry,
} from '../data/index.ts';
import { readImageFolder } from './imageFiles.ts';
import { readTextFolder } from './textFiles.ts';
import { readUserMusic } from './userMusic.ts';

/** How images of a folder are read. */
export interface UserDataOptions {
  /** The side of the squares that images become. Default 32. */
  readonly imageSize?: number;
}

const IMAGE_SIZE = 32;

const endings = {
  table: ['.csv', '.tsv'],
  music: ['.mid', '.midi'],
  image: ['.png', '.jpg', '.jpeg', '.webp', '.gif', '.avif', '.tif', '.tiff', '.svg', '.bmp'],
  text: ['.txt', '.md'],
} as const;

type Kind = keyof typeof endings;

/** What a file is, by its ending; undefined for endings that say nothing. */
const kindOf = (name: string): Kind | undefined =>
  (Object.keys(endings) as Kind[]).find((kind) =>
    (endings[kind] as readonly string[]).includes(extname(name).toLowerCase()),
  );

const readBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

const readText = (path: string): LoadedData => ({
  kind: 'text',
  name: path,
  text: decodeText(readBytes(path), path),
});

/** @throws TableError that names the line of a row that does not fit */
async function readTable(path: string): Promise<LoadedTable> {
  // Arquero takes its time to load.
  const { readCSV } = await import('../data/table/index.ts');
  const text = decodeText(readBytes(path), path);
  const delimiter = extname(path).toLowerCase() === '.tsv' ? '\t' : ',';
  const table = readCSV(text, { name: path, delimiter });
  const columns = table.columnNames;
  return {
    kind: 'table',
    name: path,
    csv: delimiter === ',' ? text : table.toCSV(),
    columns,
    // What is predicted mostly comes last.
    target: columns.at(-1) as string,
    rows: table.numRows,
  };
}

/** The visible files of a folder, and of those below it. */
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();

async function readFolder(folder: string, { imageSize = IMAGE_SIZE }: UserDataOptions): Promise<LoadedData> {
  const files = filesOf(folder);
  const of = (kind: Kind) => files.filter((path) => kindOf(path) === kind);
  // What there is most of is what the folder is for: a cover beside songs does not make it a folder of images.
  const [kind] = (['image', 'music', 'text'] as const).toSorted((a, b) => of(b).length - of(a).length);
  if (kind === undefined || of(kind).length === 0) {
    const known = [...endings.image, ...endings.music, ...endings.text].join(' ');
    const reason = `it has no images, music or texts; known are ${known}`;
    throw new DataSetError('data.damaged', `${folder}: ${reason}.`, { name: folder, reason });
  }
  switch (kind) {
    case 'image': {
      const { labelNames, ...train } = await readImageFolder(folder, { height: imageSize });
      return { kind, name: folder, train, ...(labelNames && { labelNames }) };
    }
    case 'music':
      return readUserMusic(folder, of(kind));
    case 'text': {
      const texts = await readTextFolder(folder);
      return { kind, name: folder, text: texts.map(({ text }) => text.trim()).join('\n\n') };
    }
  }
}

function readFile(path: string): LoadedData | Promise<LoadedData> {
  switch (kindOf(path)) {
    case 'table':
      return readTable(path);
    case 'music':
      return readUserMusic(path, [path]);
    case 'image': {
      const reason = 'it is one image; give a folder of images';
      throw new DataSetError('data.damaged', `${path}: ${reason}.`, { name: basename(path), reason });
    }
    default:
      return readText(path);
  }
}

/**
 * A source that also takes the user's own data, by path: a file of text, CSV, TSV or MIDI, or a folder of images (classes
 * by its subfolders), MIDI files or texts. A data set's name comes first: `./iris` is a file, `iris` is not.
 */
export const withUserData = (source: DataSource, options: UserDataOptions = {}): DataSource => ({
  async open(name, opening) {
    const known = registry.some((entry) => entry.name === name);
    const found = known ? undefined : statSync(name, { throwIfNoEntry: false });
    if (found?.isFile()) return readFile(name);
    return found?.isDirectory() ? readFolder(name, options) : source.open(name, opening);
  },
});
