/** What the networks read: eight letters that many Spanish and English words are made of, and the space between words. */
export const LETTERS = 'aeilnors';
export const SYMBOLS = `${LETTERS} `;
/** Numbers of the hidden state. */
export const HIDDEN = 24;
export const MOST_SYMBOLS = 28;

export const cells = ['rnn', 'gru', 'lstm'] as const;
export type CellKind = (typeof cells)[number];

/** What of a text can be read: accents fall, other letters too; it begins with a letter and is not too long. */
export function readable(text: string): string {
  return [...text.normalize('NFD').toLowerCase()]
    .filter((letter) => SYMBOLS.includes(letter))
    .join('')
    .replace(/ +/g, ' ')
    .trimStart()
    .slice(0, MOST_SYMBOLS);
}

/** A random text of so many symbols: as letters fall, with spaces between; `random` gives numbers from 0 to 1. */
export function babble(length: number, random: () => number): string {
  let text = LETTERS[Math.floor(random() * LETTERS.length)] as string;
  while (text.length < length) {
    const space = text.at(-1) !== ' ' && text.length < length - 1 && random() < 0.18;
    text += space ? ' ' : LETTERS[Math.floor(random() * LETTERS.length)];
  }
  return text;
}

/** One row a symbol, with a 1 where it is in the alphabet. */
export function oneHot(text: string): Float32Array {
  const rows = new Float32Array(text.length * SYMBOLS.length);
  [...text].forEach((letter, i) => {
    rows[i * SYMBOLS.length + SYMBOLS.indexOf(letter)] = 1;
  });
  return rows;
}
