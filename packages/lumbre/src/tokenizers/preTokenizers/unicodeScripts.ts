import type { Offsets } from '../text/normalizedString.ts';
import type { PreTokenizedString } from '../text/preTokenizedString.ts';
import { scriptOf } from '../text/scripts.ts';
import type { PreTokenizer } from './preTokenizer.ts';

/** Cuts where the script changes. Spaces belong to what is before them; kana and ideographs are one script. */
export class UnicodeScripts implements PreTokenizer {
  preTokenize(text: PreTokenizedString): void {
    text.split((piece) => {
      const ranges: Offsets[] = [];
      /** null before the first character that has a script, and so nothing has been cut yet. */
      let last: string | null = null;
      let start = 0;
      let position = 0;
      let begun = false;
      for (const character of piece.text) {
        const script = scriptOf(character);
        if (script !== 'Any' && last !== 'Any' && last !== script) {
          if (begun) ranges.push([start, position]);
          start = position;
          begun = true;
        }
        position += character.length;
        if (script !== 'Any') last = script;
      }
      if (begun) ranges.push([start, position]);
      return piece.sliceAll(ranges);
    });
  }

  toJSON(): { type: 'UnicodeScripts' } {
    return { type: 'UnicodeScripts' };
  }
}
