import type { Offsets } from '../text/normalizedString.ts';
import type { PreTokenizedString } from '../text/preTokenizedString.ts';
import { scriptOf } from '../text/unicode.ts';
import type { PreTokenizer } from './preTokenizer.ts';

/** Cuts where the script changes. Spaces belong to what is before them; kana and ideographs are one script. */
export class UnicodeScripts implements PreTokenizer {
  preTokenize(text: PreTokenizedString): void {
    text.split((piece) => {
      const ranges: Offsets[] = [];
      /** 0 before the first character that has a script. */
      let last = 0;
      let start = 0;
      let position = 0;
      let begun = false;
      for (const character of piece.text) {
        const script = scriptOf(character.codePointAt(0) as number);
        if (script !== 0 && last !== script) {
          if (begun) ranges.push([start, position]);
          start = position;
          begun = true;
        }
        position += character.length;
        if (script !== 0) last = script;
      }
      if (begun) ranges.push([start, position]);
      return piece.sliceAll(ranges);
    });
  }

  toJSON(): { type: 'UnicodeScripts' } {
    return { type: 'UnicodeScripts' };
  }
}
