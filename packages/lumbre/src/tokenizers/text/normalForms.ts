import { Edits, sourcesOf, type Written } from './edits.ts';
import type { NormalizedString } from './normalizedString.ts';
import { combiningClass } from './unicode.ts';

export type NormalForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

/**
 * What Unicode took apart later than the reference knows (its tables are those of version 9). It leaves these as they are, and
 * so must we, whatever version the JavaScript engine has.
 */
const later =
  /[\u32ff\ua7f1-\ua7f4\uab69\u{105c9}\u{105e4}\u{10781}-\u{10785}\u{10787}-\u{107b0}\u{107b2}-\u{107ba}\u{11383}\u{11385}\u{1138e}\u{11391}\u{113c5}\u{113c7}\u{113c8}\u{11938}\u{16121}-\u{16128}\u{16d68}-\u{16d6a}\u{1ccd6}-\u{1ccf9}\u{1e030}-\u{1e06d}\u{1f16c}\u{1fbf0}-\u{1fbf9}]/u;

interface Piece extends Written {
  readonly order: number;
}

/** The characters of a text apart, marks in canonical order. The first of what comes from one character replaces it. */
function decompose(text: string, form: 'NFD' | 'NFKD'): Piece[] {
  const pieces: Piece[] = [];
  /** Where the marks begin that are not in order yet. */
  let pending = 0;
  const sortPending = (): void => {
    if (pieces.length - pending > 1) {
      const sorted = pieces.splice(pending).sort((a, b) => a.order - b.order);
      for (const piece of sorted) pieces.push(piece);
    }
    pending = pieces.length;
  };
  for (const character of text) {
    let change = 0;
    for (const part of later.test(character) ? character : character.normalize(form)) {
      const order = combiningClass(part.codePointAt(0) as number);
      if (order === 0) sortPending();
      pieces.push({ character: part, change, order });
      change = 1;
    }
  }
  sortPending();
  return pieces;
}

/** What two characters are together; undefined when they stay two. */
function compose(first: string, second: string): string | undefined {
  const together = (first + second).normalize('NFC');
  const length = (together.codePointAt(0) as number) > 0xffff ? 2 : 1;
  return together.length === length && !later.test(together) ? together : undefined;
}

/** Puts together what was apart (UAX 15): a starter takes every later mark that nothing of its class lies before. */
function recompose(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  let starter: Piece | null = null;
  /** Marks since the starter that did not join it. */
  let marks: Piece[] = [];
  let lastOrder: number | null = null;
  for (const piece of pieces) {
    if (starter === null) {
      if (piece.order === 0) starter = piece;
      else result.push(piece);
      continue;
    }
    const blocked: boolean = lastOrder !== null && lastOrder >= piece.order;
    const together: string | undefined = blocked ? undefined : compose(starter.character, piece.character);
    if (together !== undefined) {
      starter = { character: together, change: starter.change + piece.change - 1, order: 0 };
      continue;
    }
    if (piece.order === 0) {
      result.push(starter);
      for (const mark of marks) result.push(mark);
      starter = piece;
      marks = [];
      lastOrder = null;
    } else {
      marks.push(piece);
      lastOrder = piece.order;
    }
  }
  if (starter) result.push(starter);
  for (const mark of marks) result.push(mark);
  return result;
}

// Below these there is nothing to decompose, and nothing that composes.
const unchanged = {
  NFC: /^[\0-\u02ff]*$/,
  NFD: /^[\0-\u00bf]*$/,
  NFKC: /^[\0-\u009f]*$/,
  NFKD: /^[\0-\u009f]*$/,
};

/** What may change, apart from all else: with a character before it that may take a mark. */
const runs = /[\0-\u009f]?[\u00a0-\u{10ffff}]+/gu;

const isForm = (text: string, form: NormalForm): boolean =>
  !later.test(text) && text.normalize(form) === text;

/** Brings a text into one of Unicode's normal forms, its alignments along. */
export function toNormalForm(normalized: NormalizedString, form: NormalForm): void {
  const { text } = normalized;
  if (unchanged[form].test(text) || isForm(text, form)) return;
  const edits = new Edits();
  for (const { index, 0: run } of text.matchAll(runs)) {
    if (isForm(run, form)) continue;
    const apart = decompose(run, form === 'NFC' || form === 'NFD' ? 'NFD' : 'NFKD');
    const pieces = form === 'NFC' || form === 'NFKC' ? recompose(apart) : apart;
    const written = pieces.map(({ character }) => character).join('');
    edits.replace(index, index + run.length, written, sourcesOf(run, index, pieces));
  }
  normalized.edit(edits);
}
