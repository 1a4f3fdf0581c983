/** A place in somebody's program. */
export interface CallSite {
  /** `function (file:line:column)`, or without the function where it has no name. */
  readonly text: string;
  /** The library's function that was called there, as `Tensor.log`; `null` when the stack does not say. */
  readonly callee: string | null;
}

/** Files and lines in one form: forward slashes, no `file:` scheme, nothing after a question mark. */
const plainPath = (location: string): string =>
  location
    .replace(/\?[^:]*/, '')
    .replace(/^file:\/\//, '')
    .replaceAll('\\', '/')
    .replace(/^\/([A-Za-z]:\/)/, '$1');

/**
 * The folder that all of the library's files are in, be they sources or built. Not by `new URL('..', import.meta.url)`,
 * which bundlers take for a file that they should serve.
 */
const library = plainPath(import.meta.url).replace(/[^/]*\/[^/]*$/, '');

interface Frame {
  readonly name: string;
  readonly file: string;
  readonly position: string;
}

/** `at name (file:1:2)` and `at file:1:2` of V8, `name@file:1:2` of the others. */
function parseFrame(line: string): Frame | null {
  const match =
    /^\s*(?:at )?(?:async )?(?:(.*?)(?: \(|@))?((?:[a-z][\w+.-]*:\/\/|\/|[A-Za-z]:[\\/]).*?):(\d+):(\d+)\)?$/.exec(
      line,
    );
  if (!match) return null;
  const [, name = '', file = '', row, column] = match;
  return { name: name.replace(/^(new|async) /, ''), file: plainPath(file), position: `${row}:${column}` };
}

/**
 * The innermost place outside the library in the stack of an error, as Node and browsers write it; `null` when there is
 * none, as where library and program are bundled in one file.
 */
export function callSiteOf(stack: string | undefined, inside: string = library): CallSite | null {
  const frames = (stack ?? '').split('\n').flatMap((line) => parseFrame(line) ?? []);
  const position = frames.findIndex(({ file }) => !file.startsWith(inside));
  const frame = frames[position];
  if (!frame) return null;
  const place = `${frame.file}:${frame.position}`;
  return {
    text: frame.name && frame.name !== '<anonymous>' ? `${frame.name} (${place})` : place,
    callee: frames[position - 1]?.name || null,
  };
}
