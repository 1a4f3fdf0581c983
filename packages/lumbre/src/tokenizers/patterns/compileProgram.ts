import type {
  AlternativeNode,
  AssertionNode,
  Node,
  OnigurumaAst,
  QuantifierNode,
} from 'oniguruma-parser/parser';
import { characterTest, isWordBoundary } from './characterTest.ts';
import type { Instruction, Program } from './program.ts';

/** More than any pattern has; `{1000}` within `{1000}` would be a million. */
const MOST_INSTRUCTIONS = 20_000;

/** Something of a pattern that a program cannot do. */
export class NotSupported extends Error {}

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Fork = Mutable<Extract<Instruction, { op: 'fork' }>>;

const isLineFeed = (text: string, position: number): boolean => text.charCodeAt(position) === 10;

function assertion({ kind, negate = false }: AssertionNode): (text: string, position: number) => boolean {
  switch (kind) {
    case 'string_start':
      return (_, position) => position === 0;
    case 'string_end':
      return (text, position) => position === text.length;
    case 'string_end_newline':
      return (text, position) =>
        position === text.length || (position === text.length - 1 && isLineFeed(text, position));
    case 'line_start':
      return (text, position) => position === 0 || (isLineFeed(text, position - 1) && position < text.length);
    case 'line_end':
      return (text, position) => position === text.length || isLineFeed(text, position);
    case 'word_boundary':
      return (text, position) => isWordBoundary(text, position) !== negate;
    default:
      throw new NotSupported(kind);
  }
}

/** A part of a pattern as a program of its own. */
class Compiler {
  readonly #instructions: Mutable<Instruction>[] = [];
  readonly #backward: boolean;
  readonly #ast: OnigurumaAst;
  #forks = 0;

  constructor(ast: OnigurumaAst, backward: boolean) {
    this.#ast = ast;
    this.#backward = backward;
  }

  program(alternatives: readonly AlternativeNode[], flags: Flags): Program {
    this.#alternatives(alternatives, flags);
    return this.#finished();
  }

  #finished(): Program {
    this.#push({ op: 'done' });
    return { instructions: this.#instructions, forks: this.#forks, backward: this.#backward };
  }

  #push(instruction: Instruction): void {
    if (this.#instructions.length >= MOST_INSTRUCTIONS) throw new NotSupported('so many repetitions');
    this.#instructions.push(instruction);
  }

  get #here(): number {
    return this.#instructions.length;
  }

  #fork(): Fork {
    const fork: Fork = { op: 'fork', id: this.#forks++, first: this.#here + 1, second: this.#here + 1 };
    this.#push(fork);
    return fork;
  }

  #alternatives(alternatives: readonly AlternativeNode[], flags: Flags): void {
    const ends: { op: 'jump'; to: number }[] = [];
    alternatives.forEach((alternative, i) => {
      const last = i === alternatives.length - 1;
      const fork = last ? null : this.#fork();
      this.#sequence(alternative, flags);
      if (fork) {
        const jump = { op: 'jump' as const, to: 0 };
        this.#push(jump);
        ends.push(jump);
        fork.second = this.#here;
      }
    });
    for (const end of ends) end.to = this.#here;
  }

  #sequence({ body }: AlternativeNode, flags: Flags): void {
    for (const node of this.#backward ? body.toReversed() : body) this.#node(node, flags);
  }

  #node(node: Node, flags: Flags): void {
    switch (node.type) {
      case 'Character':
      case 'CharacterClass':
      case 'CharacterSet':
        if (node.type === 'CharacterSet' && node.kind === 'dot') {
          const { dotAll } = flags;
          this.#push({ op: 'character', accepts: (codePoint) => dotAll || codePoint !== 10 });
        } else this.#push({ op: 'character', accepts: characterTest(node, this.#ast, flags.ignoreCase) });
        return;
      case 'Assertion':
        this.#push({ op: 'assert', holds: assertion(node) });
        return;
      case 'LookaroundAssertion': {
        const inner = new Compiler(this.#ast, node.kind === 'lookbehind');
        this.#push({ op: 'look', program: inner.program(node.body, flags), negate: node.negate });
        return;
      }
      case 'CapturingGroup':
        this.#alternatives(node.body, flags);
        return;
      case 'Group': {
        const { enable, disable } = node.flags ?? {};
        const inner: Flags = {
          ignoreCase: (flags.ignoreCase || enable?.ignoreCase === true) && disable?.ignoreCase !== true,
          dotAll: (flags.dotAll || enable?.dotAll === true) && disable?.dotAll !== true,
        };
        if (node.atomic) this.#atomic((compiler) => compiler.#alternatives(node.body, inner));
        else this.#alternatives(node.body, inner);
        return;
      }
      case 'Quantifier':
        if (node.kind === 'possessive') this.#atomic((compiler) => compiler.#repeat(node, flags));
        else this.#repeat(node, flags);
        return;
      default:
        throw new NotSupported(node.type);
    }
  }

  #atomic(compile: (compiler: Compiler) => void): void {
    const compiler = new Compiler(this.#ast, this.#backward);
    compile(compiler);
    this.#push({ op: 'atomic', program: compiler.#finished() });
  }

  #repeat({ body, min, max, kind }: QuantifierNode, flags: Flags): void {
    const lazy = kind === 'lazy';
    for (let i = 0; i < min; i++) this.#node(body, flags);
    if (max === Number.POSITIVE_INFINITY) {
      const start = this.#here;
      const fork = this.#fork();
      this.#node(body, flags);
      this.#push({ op: 'jump', to: start });
      this.#leave(fork, lazy);
      return;
    }
    const forks: Fork[] = [];
    for (let i = min; i < max; i++) {
      forks.push(this.#fork());
      this.#node(body, flags);
    }
    for (const fork of forks) this.#leave(fork, lazy);
  }

  /** One way of the fork leads here, behind the repetition: the second, or the first if few are wanted. */
  #leave(fork: Fork, lazy: boolean): void {
    if (lazy) {
      fork.second = fork.first;
      fork.first = this.#here;
    } else fork.second = this.#here;
  }
}

/** @throws NotSupported for what only a backtracking engine can do: back references, recursion, callouts. */
export function compileProgram(ast: OnigurumaAst): Program {
  let { ignoreCase, dotAll } = ast.flags;
  let { body } = ast;
  const [first] = body;
  const leading = first?.body[0];
  // `(?i)` at the very beginning is a flag of the whole; elsewhere it is a rarity.
  if (first && leading?.type === 'Directive' && leading.kind === 'flags') {
    ignoreCase ||= leading.flags.enable?.ignoreCase === true;
    dotAll ||= leading.flags.enable?.dotAll === true;
    body = [{ ...first, body: first.body.slice(1) }, ...body.slice(1)];
  }
  return new Compiler(ast, false).program(body, { ignoreCase, dotAll });
}
