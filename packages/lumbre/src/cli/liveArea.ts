import { columnsOf, type Output } from './io.ts';

/** Control sequences that all terminals of today know. */
const sequence = '\u001b[';
const hideCursor = `${sequence}?25l`;
export const showCursor = `${sequence}?25h`;
const clearLineEnd = `${sequence}K`;
const clearBelow = `${sequence}J`;
const up = (rows: number): string => (rows > 0 ? `\r${sequence}${rows}A` : '\r');
/** Between these, terminals that can show the whole picture at once, without tearing. */
const [beginPicture, endPicture] = [`${sequence}?2026h`, `${sequence}?2026l`];

/** A line without what goes beyond the last column; its colours, which take no column, stay whole. */
function clip(line: string, columns: number): string {
  let free = columns;
  return line.replace(/\p{Cc}\[[0-9;]*m|./gu, (part) => {
    if (part.startsWith('\u001b')) return part;
    free -= columnsOf(part);
    return free >= 0 ? part : '';
  });
}

/** The last lines of a terminal, written anew again and again. */
export class LiveArea {
  readonly #output: Output;
  #rows = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Replaces what was drawn before. Of a picture larger than the terminal, the end is left out. */
  draw(lines: readonly string[]): void {
    // The cursor stands below the last line, which takes a row too.
    const shown = lines.slice(0, Math.max(1, (this.#output.rows ?? 24) - 1));
    const columns = this.#output.columns ?? 80;
    const text = shown.map((line) => `${clip(line, columns)}${clearLineEnd}\n`).join('');
    this.#output.write(`${beginPicture}${hideCursor}${up(this.#rows)}${text}${clearBelow}${endPicture}`);
    this.#rows = shown.length;
  }

  /** Leaves the picture standing; what is written next comes below it. */
  done(): void {
    this.#output.write(showCursor);
    this.#rows = 0;
  }
}
