import picocolors from 'picocolors';

type Paint = (text: string) => string;

/** The colours of the look: paper and ember. One accent, which means "alight"; the rest is ink and ash. */
export interface Theme {
  /** The accent. */
  readonly ember: Paint;
  /** The brightest point: now. */
  readonly glow: Paint;
  /** What is to come, and what only frames. */
  readonly ash: Paint;
  /** Labels beside figures. */
  readonly muted: Paint;
  /** The second series of a chart, which also has its own glyph. */
  readonly second: Paint;
  readonly strong: Paint;
  readonly error: Paint;
}

const ansi256 =
  (color: number): Paint =>
  (text) =>
    `\u001b[38;5;${color}m${text}\u001b[39m`;

/** A theme in colours, or, for files, pipes and NO_COLOR, one that leaves text as it is. */
export function makeTheme(colors: boolean): Theme {
  const paint = (color: number): Paint => (colors ? ansi256(color) : (text) => text);
  const { bold } = picocolors.createColors(colors);
  const glow = paint(221);
  return {
    ember: paint(209),
    glow: (text) => bold(glow(text)),
    ash: paint(240),
    muted: paint(246),
    second: paint(110),
    strong: bold,
    error: paint(204),
  };
}

/** Whether a stream wants colours: https://no-color.org and FORCE_COLOR are heeded. */
export function wantsColors(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (environment.NO_COLOR) return false;
  if (environment.FORCE_COLOR) return environment.FORCE_COLOR !== '0';
  return stream.isTTY === true && environment.TERM !== 'dumb';
}
