import { createReadStream, statSync } from 'node:fs';
import { decodeText, TextError } from '../../data/index.ts';
import { readTextFile, readTextFolder } from '../../node/index.ts';

/** Texts of up to this many bytes are read at once, before anything is learned. */
const AT_ONCE = 2 ** 26;

/** Bytes of a larger file that are read at a time, at most. */
const PART = 2 ** 20;

/** A line of more characters is taken in parts. */
const LONGEST_LINE = 2 ** 24;

/** Lines that are handed on together. */
const BATCH = 1024;

/** A text that lies on the disk, or, from a folder, is read already. */
export interface TextSource {
  readonly name: string;
  /** Bytes, or characters of what is read already: what progress is counted in. */
  readonly length: number;
  lines(): AsyncIterable<readonly string[]>;
}

/** A text in lines that keep their ends. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** How many bytes at the end belong to a character that goes on. */
function incompleteBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    if (length > 1) return length > back ? back : 0;
  }
  return 0;
}

/** A text of whole characters; `offset` is where it begins in its file. @throws TextError that names the byte */
function decodePart(bytes: Uint8Array, path: string, offset: number): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: offset > 0 }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Told below.
  }
  try {
    return decodeText(bytes, path);
  } catch (error) {
    if (!(error instanceof TextError) || error.code !== 'text.notUtf8') throw error;
    const name = path;
    const at = offset + Number(error.values.offset);
    throw new TextError(error.code, `${path} is not UTF-8: byte ${at} does not fit.`, { name, offset: at });
  }
}

/** Reads a file that is too large for one string, line by line. Line ends become `\n`, as in smaller ones. */
async function* largeFileLines(path: string, part: number): AsyncGenerator<readonly string[]> {
  let held: Uint8Array = new Uint8Array();
  let rest = '';
  let offset = 0;
  const cut = (text: string): string[] => linesOf(text.replace(/\r\n?/g, '\n'));
  for await (const chunk of createReadStream(path, { highWaterMark: part })) {
    const bytes = Buffer.concat([held, chunk as Uint8Array]);
    const whole = bytes.subarray(0, bytes.length - incompleteBytes(bytes));
    held = bytes.subarray(whole.length);
    const text = rest + decodePart(whole, path, offset);
    offset += whole.length;
    // The last line goes on in the next part, as may the end of a line in two characters; but not for ever.
    const end = text.length > LONGEST_LINE ? text.length : text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    if (end > 0) yield cut(text.slice(0, end));
  }
  rest += decodePart(held, path, offset);
  if (rest !== '') yield cut(rest);
}

async function* inBatches(lines: readonly string[]): AsyncGenerator<readonly string[]> {
  for (let start = 0; start < lines.length; start += BATCH) yield lines.slice(start, start + BATCH);
}

/**
 * The texts of files and folders, in the order in which they were named. Whatever is no text is refused before anything is
 * learned, but for files of more than `atOnce` bytes.
 * @throws TextError; DataSetError for folders without texts; errors of the file system
 */
export async function openTexts(paths: readonly string[], atOnce = AT_ONCE): Promise<TextSource[]> {
  const part = Math.min(PART, atOnce);
  const sources: TextSource[] = [];
  for (const path of paths) {
    const status = statSync(path);
    if (status.isDirectory()) {
      for (const { name, text } of await readTextFolder(path)) {
        sources.push({ name, length: text.length, lines: () => inBatches(linesOf(text)) });
      }
    } else if (status.size > atOnce) {
      sources.push({ name: path, length: status.size, lines: () => largeFileLines(path, part) });
    } else {
      const text = await readTextFile(path);
      sources.push({ name: path, length: text.length, lines: () => inBatches(linesOf(text)) });
    }
  }
  return sources;
}

/** All lines of all texts. */
export async function* linesOfAll(sources: readonly TextSource[]): AsyncGenerator<readonly string[]> {
  for (const source of sources) yield* source.lines();
}
