import { toOnigurumaAst } from 'oniguruma-parser';
import { generate } from 'oniguruma-parser/generator';
import type { OnigurumaAst } from 'oniguruma-parser/parser';
import { toRegExp } from 'oniguruma-to-es';
import { shown, TokenizerError } from '../tokenizerError.ts';
import { compileProgram, NotSupported } from './compileProgram.ts';
import { isHarmless } from './harmless.ts';
import { spelledOut } from './ignoredCase.ts';
import type { Match, Pattern } from './pattern.ts';
import { type Program, Runner, TooManySteps } from './program.ts';

/** Tells where the next match is, at or behind a place; null when there is none. */
type Search = (from: number) => readonly [start: number, end: number] | null;

/** The longest source that is looked at; published ones have a few hundred characters. */
const LONGEST = 10_000;

const kept = new Map<string, Pattern>();

/**
 * A regular expression of Oniguruma, the library that Hugging Face's tokenizers find words with, in Ruby's syntax.
 *
 * Expressions whose time is known to be linear run as JavaScript's own. All others run on a machine that remembers what
 * failed, and counts its steps: it needs no more time for `(a+)+b` than for `a+b`.
 * @throws TokenizerError for what JavaScript cannot run
 */
export function onigurumaPattern(source: string): Pattern {
  let pattern = kept.get(source);
  if (!pattern) {
    pattern = makePattern(source);
    if (kept.size > 64) kept.clear();
    kept.set(source, pattern);
  }
  return pattern;
}

const failed = (source: string, why: string): TokenizerError =>
  new TokenizerError(`The pattern ${shown(source)} cannot be run here: ${why}.`);

function makePattern(source: string): Pattern {
  if (source.length > LONGEST) {
    throw failed(source, `it has ${source.length} characters, and at most ${LONGEST} are looked at`);
  }
  let ast: OnigurumaAst;
  try {
    ast = toOnigurumaAst(source);
  } catch (error) {
    throw failed(source, error instanceof Error ? error.message : String(error));
  }
  const spelled = isHarmless(source, ast) ? spelledOut(ast) : null;
  if (spelled) return nativePattern(source, spelled);
  try {
    return boundedPattern(source, compileProgram(ast));
  } catch (error) {
    if (error instanceof NotSupported) {
      throw failed(source, `it may take more than linear time, and ${error.message} cannot be bounded`);
    }
    throw failed(source, error instanceof Error ? error.message : String(error));
  }
}

function nativePattern(source: string, ast: OnigurumaAst): Pattern {
  let expression: RegExp;
  try {
    const { pattern, flags } = generate(ast);
    expression = toRegExp(pattern, { flags, global: true, target: 'ES2024' });
  } catch (error) {
    throw failed(source, error instanceof Error ? error.message : String(error));
  }
  return {
    findMatches: (text) =>
      collectMatches(text, (from) => {
        expression.lastIndex = from;
        const found = expression.exec(text);
        return found && [found.index, found.index + found[0].length];
      }),
  };
}

/** The same, on a machine that cannot explode. */
export function boundedPattern(source: string, program: Program): Pattern {
  return {
    findMatches(text) {
      const runner = new Runner(text);
      try {
        return collectMatches(text, (from) => {
          for (let start = from; start <= text.length; start += sizeAt(text, start)) {
            const end = runner.run(program, start);
            if (end >= 0) return [start, end];
          }
          return null;
        });
      } catch (error) {
        if (!(error instanceof TooManySteps)) throw error;
        throw failed(source, `it takes too many steps on a text of ${text.length} characters`);
      }
    },
  };
}

const sizeAt = (text: string, position: number): number =>
  (text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1;

/** Goes through a text as Oniguruma's bindings do: an empty match right behind another one does not count. */
function collectMatches(text: string, search: Search): Match[] {
  const matches: Match[] = [];
  let from = 0;
  let last = 0;
  let lastEnd = -1;
  while (from <= text.length) {
    const found = search(from);
    if (!found) break;
    const [start, end] = found;
    if (start === end && end === lastEnd) {
      from += sizeAt(text, from);
      continue;
    }
    if (last < start) matches.push({ start: last, end: start, found: false });
    matches.push({ start, end, found: true });
    last = end;
    lastEnd = end;
    from = end;
  }
  if (last < text.length) matches.push({ start: last, end: text.length, found: false });
  return matches;
}
