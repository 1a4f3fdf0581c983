import { codePointBefore } from '../text/unicode.ts';

/**
 * What a pattern is compiled to for `runProgram`: instructions for a machine that goes one way and comes back to the last
 * fork when that fails. No instruction looks at what has been captured, so that a fork at a place that failed once always
 * fails, and need not be tried again: time is linear where JavaScript's own expressions may be exponential.
 */
export type Instruction =
  | { readonly op: 'character'; readonly accepts: (codePoint: number) => boolean }
  | { readonly op: 'fork'; readonly id: number; readonly first: number; readonly second: number }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'assert'; readonly holds: (text: string, position: number) => boolean }
  /** Matches something of its own, which is not tried otherwise once it has been found. */
  | { readonly op: 'atomic'; readonly program: Program }
  | { readonly op: 'look'; readonly program: Program; readonly negate: boolean }
  | { readonly op: 'done' };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly forks: number;
  /** Looks at what lies before a place, and goes towards the beginning. */
  readonly backward: boolean;
}

/** A pattern took more steps than any that makes sense. */
export class TooManySteps extends Error {}

/** What is known about one program over one text. */
interface Memory {
  /** A bit for each fork at each place: tried, and did not lead to the end. */
  readonly failed: Uint32Array;
  /** Of programs within others: where they end when started at a place. */
  readonly ends: Int32Array;
}

const UNKNOWN = -2;
const FAILED = -1;
/** Bits of all forks at all places: 64 MiB. */
const MOST_BITS = 2 ** 29;

/** A text that programs are run over; what they find out about places is kept between runs. */
export class Runner {
  readonly #text: string;
  readonly #memories = new Map<Program, Memory>();
  #stepsLeft: number;

  constructor(text: string) {
    this.#text = text;
    this.#stepsLeft = 20_000_000 + 500 * text.length;
  }

  #memory(program: Program): Memory {
    let memory = this.#memories.get(program);
    if (!memory) {
      const places = this.#text.length + 1;
      const bits = places * program.forks;
      if (bits > MOST_BITS) throw new TooManySteps();
      memory = {
        failed: new Uint32Array(Math.ceil(bits / 32)),
        ends: new Int32Array(places).fill(UNKNOWN),
      };
      this.#memories.set(program, memory);
    }
    return memory;
  }

  /** Where the match ends that starts at `start`, -1 if there is none. @throws TooManySteps */
  run(program: Program, start: number): number {
    const memory = this.#memory(program);
    const known = memory.ends[start] as number;
    if (known !== UNKNOWN) return known;
    const end = this.#search(program, memory, start);
    memory.ends[start] = end;
    return end;
  }

  #search({ instructions, forks, backward }: Program, { failed }: Memory, start: number): number {
    const text = this.#text;
    /** Forks not taken yet: instruction and place in turns. */
    const waiting: number[] = [];
    /** Forks that were tried in this search. They have not failed if it ends well. */
    const tried: number[] = [];
    let at = 0;
    let position = start;
    for (;;) {
      if (--this.#stepsLeft < 0) throw new TooManySteps();
      const instruction = instructions[at] as Instruction;
      let ahead = true;
      switch (instruction.op) {
        case 'done':
          for (const bit of tried) failed[bit >>> 5]! &= ~(1 << (bit & 31));
          return position;
        case 'jump':
          at = instruction.to;
          continue;
        case 'fork': {
          const bit = position * forks + instruction.id;
          if ((failed[bit >>> 5]! & (1 << (bit & 31))) !== 0) {
            ahead = false;
            break;
          }
          failed[bit >>> 5]! |= 1 << (bit & 31);
          tried.push(bit);
          waiting.push(instruction.second, position);
          at = instruction.first;
          continue;
        }
        case 'character': {
          const codePoint = backward ? codePointBefore(text, position) : text.codePointAt(position);
          ahead = codePoint !== undefined && instruction.accepts(codePoint);
          if (ahead) position += (backward ? -1 : 1) * ((codePoint as number) > 0xffff ? 2 : 1);
          break;
        }
        case 'assert':
          ahead = instruction.holds(text, position);
          break;
        case 'look':
          ahead = this.run(instruction.program, position) >= 0 !== instruction.negate;
          break;
        case 'atomic': {
          const end = this.run(instruction.program, position);
          ahead = end >= 0;
          if (ahead) position = end;
          break;
        }
      }
      if (ahead) at++;
      else {
        if (waiting.length === 0) return FAILED;
        position = waiting.pop() as number;
        at = waiting.pop() as number;
      }
    }
  }
}
