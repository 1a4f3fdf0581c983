/** Letters of 3×5 pixels, for captions in pictures that are small themselves: rows from the top, three bits each. */
const rows: Readonly<Record<string, string>> = {
  '0': '75557',
  '1': '26227',
  '2': '71747',
  '3': '71717',
  '4': '55711',
  '5': '74717',
  '6': '74757',
  '7': '71122',
  '8': '75757',
  '9': '75717',
  A: '25755',
  B: '65656',
  C: '34443',
  D: '65556',
  E: '74647',
  F: '74644',
  G: '34553',
  H: '55755',
  I: '72227',
  J: '11152',
  K: '55655',
  L: '44447',
  M: '57755',
  N: '65555',
  O: '25552',
  P: '65644',
  Q: '25563',
  R: '65655',
  S: '34216',
  T: '72222',
  U: '55557',
  V: '55552',
  W: '55775',
  X: '55255',
  Y: '55222',
  Z: '71247',
  '.': '00002',
  ',': '00024',
  ':': '02020',
  '-': '00700',
  '+': '02720',
  '/': '11244',
  '%': '51245',
  '=': '07070',
  '?': '71302',
  '!': '22202',
};

/** The size of a letter with the empty column and row that follow it. */
export const LETTER_WIDTH = 4;
export const LETTER_HEIGHT = 6;

/** Letters without what the font has not: `Ñandú` as `NANDU`. What is left over is a blank. */
const simplify = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase();

/** Calls `paint` for each dark pixel of a text, from its left upper corner. What is wider than `width` is left out. */
export function paintText(text: string, width: number, paint: (x: number, y: number) => void): void {
  const letters = [...simplify(text)].slice(0, Math.floor((width + 1) / LETTER_WIDTH));
  for (const [i, letter] of letters.entries()) {
    for (const [y, row] of [...(rows[letter] ?? '')].entries()) {
      for (let x = 0; x < 3; x++) if ((Number(row) >> (2 - x)) & 1) paint(i * LETTER_WIDTH + x, y);
    }
  }
}
