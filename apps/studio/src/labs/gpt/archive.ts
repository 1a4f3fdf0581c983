import { strFromU8, unzipSync, type Zippable, zipSync } from 'fflate';
import { tokenizerFromJSON } from 'lumbre/text';
import { decodeCheckpoint, runFileNames } from 'lumbre/train';
import { ABOUT_FILE, decodeAbout } from './about.ts';
import { readConfig } from './config.ts';
import { MemoryFolder, type RunFolder } from './files.ts';
import { LaboratoryError } from './problem.ts';
import { MOST_TEXT_BYTES } from './recipe.ts';
import { fileNameOf, readText } from './text.ts';

// A run as a file: what `lumbre train gpt` keeps in its folder, with the text. It goes both ways, and what comes in may be
// anybody's.

/** The most that each file of a run may hold: weights three times over in a checkpoint, and a line of figures a step. */
const MEGABYTE = 1024 * 1024;
const most: Readonly<Record<string, number>> = {
  [runFileNames.config]: MEGABYTE / 4,
  [runFileNames.tokenizer]: 8 * MEGABYTE,
  [runFileNames.checkpoint]: 512 * MEGABYTE,
  [runFileNames.weights]: 256 * MEGABYTE,
  [runFileNames.metrics]: 64 * MEGABYTE,
  [runFileNames.samples]: 16 * MEGABYTE,
  [ABOUT_FILE]: MEGABYTE / 4,
};
const MOST_ZIP = 900 * MEGABYTE;

/** Files that a run cannot do without. */
const needed = [runFileNames.config, runFileNames.tokenizer, runFileNames.checkpoint] as const;

const nameIn = (path: string): string => path.split(/[/\\]/).at(-1) as string;

/** A run as a zip file, in a folder of its own name. */
export async function packRun(folder: RunFolder, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const base = fileNameOf(name);
  const entries: Zippable = {};
  for (const file of await folder.names()) {
    const content = await folder.read(file);
    // Weights do not get smaller.
    if (content) entries[`${base}/${file}`] = [content, { level: file.endsWith('.safetensors') ? 0 : 6 }];
  }
  return zipSync(entries) as Uint8Array<ArrayBuffer>;
}

/** A file that was dropped: its path, where it has one, and its content. */
export interface GivenFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Whether a file that a run may have is among those that are read, and of a size that it can have. */
function wanted(path: string, bytes: number): boolean {
  const name = nameIn(path);
  const limit = Object.hasOwn(most, name)
    ? (most[name] as number)
    : name.endsWith('.txt')
      ? MOST_TEXT_BYTES
      : 0;
  if (limit > 0 && bytes > limit) throw new LaboratoryError('runTooLarge', name);
  return limit > 0;
}

const isZip = ({ bytes }: GivenFile): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

function unpack(zip: Uint8Array): GivenFile[] {
  if (zip.length > MOST_ZIP) throw new LaboratoryError('runTooLarge', '.zip');
  let total = 0;
  try {
    const files = unzipSync(zip, {
      filter({ name, originalSize }) {
        if (!wanted(name, originalSize)) return false;
        total += originalSize;
        if (total > MOST_ZIP) throw new LaboratoryError('runTooLarge', '.zip');
        return true;
      },
    });
    return Object.entries(files).map(([path, bytes]) => ({ path, bytes }));
  } catch (error) {
    if (error instanceof LaboratoryError) throw error;
    throw new LaboratoryError('damaged', (error as Error).message);
  }
}

/**
 * Reads a run from a zip file, or from the files of its folder, which may come with the text beside it. Everything is checked
 * before anything is kept: names are looked for, never followed.
 * @throws LaboratoryError
 */
export async function unpackRun(
  given: readonly GivenFile[],
): Promise<{ folder: MemoryFolder; name: string }> {
  const files = given.flatMap((file) => (isZip(file) ? unpack(file.bytes) : [file]));
  const config = files.find(({ path }) => nameIn(path) === runFileNames.config);
  if (!config) throw new LaboratoryError('notRun');
  const place = config.path.slice(0, -runFileNames.config.length);
  const found = new Map<string, Uint8Array>();
  const texts = new Map<string, Uint8Array>();
  for (const { path, bytes } of files) {
    if (!wanted(path, bytes.length)) continue;
    const name = nameIn(path);
    // Of several runs in one file, one: what lies where its configuration does.
    if (Object.hasOwn(most, name) && path === place + name) found.set(name, bytes);
    else if (name.endsWith('.txt') && name !== runFileNames.samples) texts.set(name, bytes);
  }
  for (const name of needed) if (!found.has(name)) throw new LaboratoryError('notRun', name);
  const folder = new MemoryFolder(found);
  try {
    const { config: settings } = readConfig(JSON.parse(strFromU8(config.bytes)));
    tokenizerFromJSON(JSON.parse(strFromU8(found.get(runFileNames.tokenizer) as Uint8Array)));
    decodeCheckpoint(found.get(runFileNames.checkpoint) as Uint8Array);
    // The text of a run is the one that it names, or the only one that there is.
    const textName = decodeAbout(found.get(ABOUT_FILE) ?? null)?.textFile ?? nameIn(settings.data.name);
    const only = texts.size === 1 ? [...texts.values()][0] : undefined;
    const text = texts.get(textName) ?? texts.get(`${textName}.txt`) ?? only;
    if (text) await folder.write(textName, readText(text));
  } catch (error) {
    if (error instanceof LaboratoryError) throw error;
    throw new LaboratoryError('damaged', (error as Error).message);
  }
  const folders = place.split(/[/\\]/).filter((part) => part !== '');
  const about = decodeAbout(found.get(ABOUT_FILE) ?? null);
  return { folder, name: (about?.name ?? folders.at(-1) ?? 'GPT').slice(0, 80) };
}
