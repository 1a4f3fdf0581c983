import { generate } from 'oniguruma-parser/generator';
import type {
  CharacterClassNode,
  CharacterNode,
  CharacterSetNode,
  OnigurumaAst,
} from 'oniguruma-parser/parser';
import { toRegExpDetails } from 'oniguruma-to-es';
import { codePointBefore } from '../text/unicode.ts';

const UNASKED = 0;
const NO = 1;
const YES = 2;

/** Tests by an expression that matches one character, whose answers are kept: texts ask for the same ones again. */
export function remembered(expression: RegExp): (codePoint: number) => boolean {
  const answers = new Uint8Array(0x10000);
  return (codePoint) => {
    if (codePoint > 0xffff) return expression.test(String.fromCodePoint(codePoint));
    let answer = answers[codePoint] as number;
    if (answer === UNASKED) {
      answer = expression.test(String.fromCodePoint(codePoint)) ? YES : NO;
      answers[codePoint] = answer;
    }
    return answer === YES;
  };
}

/** Whether a character is one of those that a node of a pattern stands for. */
export function characterTest(
  node: CharacterNode | CharacterClassNode | CharacterSetNode,
  ast: OnigurumaAst,
  ignoreCase: boolean,
): (codePoint: number) => boolean {
  if (node.type === 'Character' && !ignoreCase) return (codePoint) => codePoint === node.value;
  const { pattern, flags } = generate({ ...ast, body: [{ type: 'Alternative', body: [node] }] });
  const translated = toRegExpDetails(pattern, { flags: flags.replace('i', ''), target: 'ES2024' });
  const withCase = ignoreCase && !translated.flags.includes('i') ? `${translated.flags}i` : translated.flags;
  return remembered(new RegExp(`^(?:${translated.pattern})$`, withCase));
}

const isWord = remembered(/^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]$/u);

/** Whether a word begins or ends at a place, as Oniguruma sees words. */
export function isWordBoundary(text: string, position: number): boolean {
  const before = codePointBefore(text, position);
  const after = text.codePointAt(position);
  return (before !== undefined && isWord(before)) !== (after !== undefined && isWord(after));
}
