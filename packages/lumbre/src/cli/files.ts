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

/** Adds to the end of a file, which is made when it is not there. @throws CliError when it cannot be written. */
export function append(path: string, content: string | Uint8Array, write: Write = writeSync): void {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  explaining(path, () => {
    const file = openSync(path, 'a');
    try {
      writeAll(file, bytes, write);
    } finally {
      closeSync(file);
    }
  });
}

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

/** Reads a file of JSON; what is in it is for the caller to check. @throws CliError */
export function readJson(path: string): unknown {
  const bytes = readBytes(path);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new CliError((messages) => messages.notJson(path), { cause: error });
  }
}
