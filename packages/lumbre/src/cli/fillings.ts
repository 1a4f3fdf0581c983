import type { Filling } from '../recipes/index.ts';
import type { Context } from './io.ts';
import { tableOf } from './tables.ts';

const BAR = 24;

/** A bar of eighths of blocks. */
function bar(share: number): string {
  const eighths = Math.round(share * BAR * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + (' ▏▎▍▌▋▊▉'[eighths % 8] as string).trim();
}

/** A text with gaps, and below it, for each gap, what could stand there. */
export function fillingBars(
  text: string,
  fillings: readonly (readonly Filling[])[],
  { theme, format }: Context,
): string[] {
  const blocks = fillings.map((found) => {
    const rows = found.map(({ token, probability }) => [
      token.trim(),
      format.percent(probability),
      bar(probability),
    ]);
    return tableOf(rows, ['left', 'right', 'left']).map((line, i) => {
      const [, words = line, blocksOfIt = ''] = /^(.*?)([█▏▎▍▌▋▊▉]*)$/u.exec(line) ?? [];
      return `    ${i === 0 ? theme.strong(words) : words}${theme.ember(blocksOfIt)}`;
    });
  });
  return [`  ${theme.strong(text)}`, ...blocks.flatMap((lines) => ['', ...lines])];
}
