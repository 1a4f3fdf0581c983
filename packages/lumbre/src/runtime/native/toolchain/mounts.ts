import { readFileSync, realpathSync } from 'node:fs';

/** Spaces and the like are written as octal numbers there. */
const unescapePath = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/**
 * Whether a path lies on a file system that was mounted with `noexec`, from which no library can be loaded.
 * @param mountinfo the text of Linux's /proc/self/mountinfo
 */
export function isNoexec(path: string, mountinfo: string): boolean {
  let longest = -1;
  let noexec = false;
  for (const line of mountinfo.split('\n')) {
    const [, , , , point = '', options = ''] = line.split(' ');
    const folder = unescapePath(point);
    if (folder === '') continue;
    const within = path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
    // Of two mounts in one place the later one lies on top.
    if (!within || folder.length < longest) continue;
    longest = folder.length;
    noexec = options.split(',').includes('noexec');
  }
  return noexec;
}

/** Whether the system forbids loading libraries from a folder, as far as it tells: macOS does not. */
export function forbidsLibraries(folder: string): boolean {
  if (process.platform !== 'linux') return false;
  let mountinfo: string;
  try {
    mountinfo = readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return false;
  }
  return isNoexec(realpathSync(folder), mountinfo);
}
