import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CliError } from './errors.ts';
import type { Messages } from './messages/index.ts';

/** What may go wrong with a file, in the words of the command line. */
const explanations: Readonly<Record<string, (path: string) => (messages: Messages) => string>> = {
  ENOSPC: (path) => (messages) => messages.diskFull(path),
  EDQUOT: (path) => (messages) => messages.diskFull(path),
  EACCES: (path) => (messages) => messages.noPermission(path),
  EPERM: (path) => (messages) => messages.noPermission(path),
  EROFS: (path) => (messages) => messages.noPermission(path),
  ENOENT: (path) => (messages) => messages.fileMissing(path),
  EISDIR: (path) => (messages) => messages.isFolder(path),
  ENOTDIR: (path) => (messages) => messages.notFolder(path),
  EEXIST: (path) => (messages) => messages.notFolder(path),
};

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

/** The error of a file operation as the user should read it. */
function explained(error: unknown, path: string): CliError {
  const reason = error instanceof Error ? error.message : String(error);
  const say = explanations[codeOf(error)]?.(path) ?? ((messages) => messages.fileFailed(path, reason));
  return new CliError(say, { cause: error });
}

/** Runs a file operation; its errors say what happened to `path` and what to do. */
function explaining<T>(path: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw explained(error, path);
  }
}

/** Writes part of `bytes` and returns how many bytes it wrote, as `fs.writeSync` does. */
export type Write = (file: number, bytes: Uint8Array, offset: number) => number;

function writeAll(file: number, bytes: Uint8Array, write: Write): void {
  for (let written = 0; written < bytes.length; ) written += write(file, bytes, written);
}

/**
 * Writes a whole file or nothing: into a temporary file beside it, flushed to the disk, then renamed over the old one.
 * @throws CliError when it cannot be written; the old file is as it was and the temporary one is gone.
 */
export function writeAtomic(path: string, content: string | Uint8Array, write: Write = writeSync): void {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  explaining(path, () => {
    try {
      const file = openSync(temporary, 'w');
      try {
        writeAll(file, bytes, write);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  });
}

/** Adds text to the end of a file, which is made when it is not there. @throws CliError when it cannot be written. */
export function append(path: string, text: string, write: Write = writeSync): void {
  explaining(path, () => {
    const file = openSync(path, 'a');
    try {
      writeAll(file, new TextEncoder().encode(text), write);
    } finally {
      closeSync(file);
    }
  });
}

/** Adds one value as one line of JSON. */
export const appendJsonLine = (path: string, value: unknown): void =>
  append(path, `${JSON.stringify(value)}\n`);

/** Makes a folder and those above it. @throws CliError */
export function makeFolder(path: string): void {
  explaining(path, () => mkdirSync(path, { recursive: true }));
}

/** @throws CliError when there is no such file or it cannot be read. */
export function readBytes(path: string): Uint8Array<ArrayBuffer> {
  return explaining(path, () => new Uint8Array(readFileSync(path)));
}

/** Whether there is a file or folder of this name. */
export function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** The position of the first byte that is not UTF-8. The longest prefix that decodes is found by halving. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      // As a stream: a character that the cut has divided is no error yet.
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return good;
}

/**
 * The text of some bytes: strict UTF-8, without byte order mark, normalized to NFC, lines ending in \n.
 * @throws CliError that says at which byte it is not UTF-8 and how to convert the file.
 */
export function decodeText(bytes: Uint8Array, path: string): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.normalize('NFC').replace(/\r\n?/g, '\n');
  } catch (error) {
    const position = firstBadByte(bytes);
    throw new CliError((messages) => messages.notUtf8(path, position), { cause: error });
  }
}

/** Reads a text: see `decodeText`. @throws CliError also when the file is missing or has nothing in it. */
export function readText(path: string): string {
  const text = decodeText(readBytes(path), path);
  if (text.trim() === '') throw new CliError((messages) => messages.fileEmpty(path));
  return text;
}

/** Reads a file of JSON; what is in it is for the caller to check. @throws CliError */
export function readJson(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError((messages) => messages.notJson(path), { cause: error });
  }
}

/**
 * Reads the values of a file of JSON lines. A last line that was cut off, as by a power failure, is left out; a missing
 * file has none.
 */
export function readJsonLines(path: string): unknown[] {
  if (!exists(path)) return [];
  const values: unknown[] = [];
  for (const line of decodeText(readBytes(path), path).split('\n')) {
    if (line === '') continue;
    try {
      values.push(JSON.parse(line));
    } catch {
      break;
    }
  }
  return values;
}
