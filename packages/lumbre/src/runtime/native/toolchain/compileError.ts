/** Lines of the compiler's that are worth reading: what follows is mostly a consequence. */
const SHOWN_LINES = 20;

/** The C compiler did not do what was asked of it. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  /** All that the compiler said. */
  readonly log: string;
  /** Where the C source is kept, if it is. */
  readonly source: string | null;

  constructor(about: {
    readonly what: string;
    readonly command: string;
    readonly problem: string;
    readonly log: string;
    readonly source: string | null;
  }) {
    const { what, command, problem, log, source } = about;
    const lines = log.trimEnd().split('\n');
    const shown = lines.slice(0, SHOWN_LINES);
    if (lines.length > SHOWN_LINES) shown.push(`… and ${lines.length - SHOWN_LINES} lines more`);
    super(
      `native: ${command} could not compile ${what}: ${problem}.` +
        (source ? ` The source is kept in ${source}.` : '') +
        ' LUMBRE_CC can name another compiler.' +
        (log.trim() === '' ? '' : `\n${shown.join('\n')}`),
    );
    this.log = log;
    this.source = source;
  }
}
