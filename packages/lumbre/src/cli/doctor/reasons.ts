import { UnsafeFolderError } from '../../runtime/native/toolchain/cacheFolder.ts';
import type { Messages } from '../messages/index.ts';

/** A sentence in the user's language; in JSON, which programs read, it is the English one. */
export type Say = (messages: Messages) => string;

const isMac = process.platform === 'darwin';

/** What the runtime says, in English alone, and how that is told in a language. */
const told: readonly (readonly [RegExp, (...found: string[]) => Say])[] = [
  [
    /^There is no C compiler '(.*)', which (\w+) names/,
    (name = '', variable = '') =>
      (messages) =>
        messages.doctorCompilerNotThere(name, variable),
  ],
  [
    /^No C compiler was found \(looked for (.*) on PATH\)/,
    (names = '') =>
      (messages) =>
        messages.doctorNoCompiler(names, messages.doctorInstall(isMac)),
  ],
  [
    /^The C compiler (.*) has no C headers/,
    (command = '') =>
      (messages) =>
        messages.doctorNoHeaders(command, messages.doctorInstall(isMac)),
  ],
  [
    /^The C compiler (.*?) does not work \((.*)\): /s,
    (command = '', complaint = '') =>
      (messages) =>
        messages.doctorCompilerBroken(command, complaint),
  ],
  [/ on Windows: /, () => (messages) => messages.doctorWindows],
  [
    /^LUMBRE_THREADS is '(.*)'/,
    (value = '') =>
      (messages) =>
        messages.doctorBadThreads(value),
  ],
];

/** Why something does not work, in the user's language where it is one of the usual reasons, else in the runtime's words. */
export function explainProblem(text: string): Say {
  for (const [pattern, say] of told) {
    const found = pattern.exec(text);
    if (found) return say(...found.slice(1));
  }
  return () => text;
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const explainError = (error: unknown): Say => explainProblem(textOf(error));

/** Why nothing can be kept in a folder. */
export function explainFolder(error: unknown): Say {
  if (error instanceof UnsafeFolderError) return (messages) => messages.doctorFolderUnsafe;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return (messages) => messages.doctorFolderForbidden;
    case 'ENOTDIR':
    case 'EEXIST':
      return (messages) => messages.doctorFolderIsFile;
    case 'EROFS':
      return (messages) => messages.doctorFolderReadOnly;
    case 'ENOSPC':
    case 'EDQUOT':
      return (messages) => messages.doctorFolderFull;
    default:
      return (messages) => messages.doctorFolderFails(textOf(error));
  }
}
