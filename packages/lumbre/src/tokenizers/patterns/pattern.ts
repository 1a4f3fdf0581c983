/** A piece of a text that a pattern found, or one between two of those. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly found: boolean;
}

/** What a text is cut by. The matches cover the text, in order. */
export interface Pattern {
  findMatches(text: string): Match[];
}

/** Cuts where a character is of a kind: each one is a match of its own. */
export function characterPattern(is: (codePoint: number) => boolean): Pattern {
  return {
    findMatches(text) {
      const matches: Match[] = [];
      let last = 0;
      for (let i = 0; i < text.length; ) {
        const codePoint = text.codePointAt(i) as number;
        const end = i + (codePoint > 0xffff ? 2 : 1);
        if (is(codePoint)) {
          if (last < i) matches.push({ start: last, end: i, found: false });
          matches.push({ start: i, end, found: true });
          last = end;
        }
        i = end;
      }
      if (last < text.length) matches.push({ start: last, end: text.length, found: false });
      return matches;
    },
  };
}

/** Cuts where a text stands. An empty text is found nowhere. */
export function textPattern(sought: string): Pattern {
  return {
    findMatches(text) {
      const matches: Match[] = [];
      let last = 0;
      if (sought !== '') {
        for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, last)) {
          if (last < at) matches.push({ start: last, end: at, found: false });
          last = at + sought.length;
          matches.push({ start: at, end: last, found: true });
        }
      }
      if (last < text.length) matches.push({ start: last, end: text.length, found: false });
      return matches;
    },
  };
}

/** Cuts by a regular expression of the library's own, which must have the flag `g` and be harmless. */
export function regExpPattern(expression: RegExp): Pattern {
  return {
    findMatches(text) {
      const matches: Match[] = [];
      let last = 0;
      for (const { index, 0: found } of text.matchAll(expression)) {
        if (last < index) matches.push({ start: last, end: index, found: false });
        last = index + found.length;
        matches.push({ start: index, end: last, found: true });
      }
      if (last < text.length) matches.push({ start: last, end: text.length, found: false });
      return matches;
    },
  };
}

/** What the pattern finds is what lies between, and the other way round. */
export function inverted(pattern: Pattern): Pattern {
  return {
    findMatches: (text) => pattern.findMatches(text).map((match) => ({ ...match, found: !match.found })),
  };
}
