import type { Encoding } from '../../tokenizers/index.ts';
import { type Context, printable, wrap } from '../io.ts';

/** A piece of the text, or, of a token that stands for no text of its own, what the token is called. */
export interface Piece {
  readonly text: string;
  readonly isText: boolean;
}

/**
 * What of a text each token stands for. Several tokens may stand for one character, as bytes do: the first one shows it, and
 * the others a dot.
 */
export function piecesOf(text: string, { tokens, offsets, specialTokensMask }: Encoding): Piece[] {
  let shown = 0;
  return tokens.map((token, i) => {
    const [start, end] = offsets[i] as readonly [number, number];
    if (specialTokensMask[i] === 1 || start === end) return { text: token, isText: false };
    const from = Math.max(start, shown);
    shown = Math.max(shown, end);
    return from < end ? { text: text.slice(from, end), isText: true } : { text: '·', isText: false };
  });
}

/** Tokens as they lie in the text, each in another colour than its neighbours; without colours, between bars. */
export function colouredPieces(pieces: readonly Piece[], { theme, output }: Context): string {
  const paints = [theme.ember, theme.second, theme.glow];
  const hasColours = theme.ember('x') !== 'x';
  // Spaces at the edges of a token are seen, and line ends as well.
  const visible = (text: string): string => printable(text.replaceAll(' ', '␣')).replaceAll('\n', '↵\n');
  if (!hasColours) {
    const line = pieces.map(({ text }) => visible(text)).join('|');
    return wrapped(line, output.columns);
  }
  return pieces
    .map(({ text, isText }, i) => {
      const paint = isText ? (paints[i % paints.length] as (text: string) => string) : theme.muted;
      // A colour that goes over a line end would paint the margin.
      return visible(text).split('\n').map(paint).join('\n');
    })
    .join('');
}

const wrapped = (text: string, columns = 100): string => wrap(text, Math.min(columns, 100) - 4).join('\n');
