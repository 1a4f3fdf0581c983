/**
 * A small writer of WebAssembly binaries: modules of exported functions over one imported memory
 * (https://webassembly.github.io/spec/core/binary/). It knows the encoding and nothing about kernels.
 */

import {
  type Instruction,
  type LaneInstruction,
  laneOpcodes,
  type MemoryInstruction,
  type MemoryLaneInstruction,
  memoryLaneOpcodes,
  memoryOpcodes,
  opcodes,
} from './opcodes.ts';

export type ValueType = 'i32' | 'f32' | 'v128';

const valueTypes: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

/** Bytes that grow, with the number formats of the binary. */
class ByteWriter {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  byte(value: number): this {
    this.#bytes.push(value);
    return this;
  }

  append(bytes: Iterable<number>): this {
    for (const value of bytes) this.#bytes.push(value);
    return this;
  }

  /** Unsigned LEB128, up to 32 bits. */
  unsigned(value: number): this {
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.#bytes.push((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    return this.byte(rest);
  }

  /** Signed LEB128, up to 32 bits. */
  signed(value: number): this {
    let rest = value | 0;
    // The last byte is the one whose bit 6 already says the sign of what remains.
    while (rest < -0x40 || rest > 0x3f) {
      this.#bytes.push((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    return this.byte(rest & 0x7f);
  }

  /** A byte count, then the bytes. */
  sized(bytes: ByteWriter | Uint8Array): this {
    return this.unsigned(bytes.length).append(bytes);
  }

  name(text: string): this {
    return this.sized(new TextEncoder().encode(text));
  }

  /** A count, then each item as `write` puts it. */
  list<T>(items: readonly T[], write: (item: T, index: number) => void): this {
    this.unsigned(items.length);
    items.forEach(write);
    return this;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.#bytes[Symbol.iterator]();
  }
}

/** The body of one function. Parameters are its first locals; `newLocal` adds more. */
export class FunctionBody {
  readonly #code = new ByteWriter();
  readonly #parameters: number;
  readonly #locals: ValueType[] = [];

  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  /** Declares a local (zero at first) and returns its index. */
  newLocal(type: ValueType): number {
    return this.#parameters + this.#locals.push(type) - 1;
  }

  op(instruction: Instruction): this {
    return this.#opcode(opcodes[instruction]);
  }

  laneOp(instruction: LaneInstruction, lane: number): this {
    this.#opcode(laneOpcodes[instruction]).#code.byte(lane);
    return this;
  }

  /** `align` is the exponent of the power of two that the address promises; `offset` is in bytes, unsigned. */
  memoryOp(instruction: MemoryInstruction, align: number, offset: number): this {
    this.#opcode(memoryOpcodes[instruction]).#code.unsigned(align).unsigned(offset);
    return this;
  }

  memoryLaneOp(instruction: MemoryLaneInstruction, align: number, offset: number, lane: number): this {
    this.#opcode(memoryLaneOpcodes[instruction]).#code.unsigned(align).unsigned(offset).byte(lane);
    return this;
  }

  get(local: number): this {
    this.#code.byte(0x20).unsigned(local);
    return this;
  }

  set(local: number): this {
    this.#code.byte(0x21).unsigned(local);
    return this;
  }

  /** Sets a local and leaves the value on the stack. */
  tee(local: number): this {
    this.#code.byte(0x22).unsigned(local);
    return this;
  }

  i32(value: number): this {
    this.#code.byte(0x41).signed(value);
    return this;
  }

  f32(value: number): this {
    this.#code.byte(0x43).append(bytesOfArray(Float32Array.of(value)));
    return this;
  }

  /** A vector constant: 16 bytes, given as any typed array of that size. */
  v128(lanes: Float32Array | Int32Array | Uint8Array): this {
    this.#opcode(0xfd_000c).#code.append(bytesOfArray(lanes));
    return this;
  }

  /** Bytes chosen out of two vectors: 0 to 15 are the first one's, 16 to 31 the second one's. */
  shuffle(bytes: Uint8Array): this {
    this.#opcode(0xfd_000d).#code.append(bytes);
    return this;
  }

  /** `if` without a result; takes the condition from the stack. */
  if(): this {
    this.#code.byte(0x04).byte(0x40);
    return this;
  }

  else(): this {
    this.#code.byte(0x05);
    return this;
  }

  /** Opens a loop: a branch to it goes back to its beginning. */
  loop(): this {
    this.#code.byte(0x03).byte(0x40);
    return this;
  }

  /** Closes an `if` or a `loop`. */
  end(): this {
    this.#code.byte(0x0b);
    return this;
  }

  /** Branches to the enclosing block at `depth` (0 is the innermost) when the value on the stack is not zero. */
  branchIf(depth: number): this {
    this.#code.byte(0x0d).unsigned(depth);
    return this;
  }

  /** The whole entry of the code section. */
  encode(): Uint8Array<ArrayBuffer> {
    const entry = new ByteWriter();
    const runs = runsOf(this.#locals);
    entry.list(runs, ({ count, type }) => entry.unsigned(count).byte(valueTypes[type]));
    entry.append(this.#code).byte(0x0b);
    return Uint8Array.from(entry);
  }

  #opcode(opcode: number): this {
    if (opcode > 0xff) this.#code.byte(opcode >>> 16).unsigned(opcode & 0xffff);
    else this.#code.byte(opcode);
    return this;
  }
}

const bytesOfArray = (array: Float32Array | Int32Array | Uint8Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

function runsOf(types: readonly ValueType[]): { count: number; type: ValueType }[] {
  const runs: { count: number; type: ValueType }[] = [];
  for (const type of types) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ count: 1, type });
  }
  return runs;
}

export interface MemoryImport {
  readonly module: string;
  readonly name: string;
  /** Limits in pages of 64 KiB. The memory given at instantiation must lie within them. */
  readonly minimum: number;
  readonly maximum: number;
  readonly shared: boolean;
}

/** A function without results, exported under its name. */
export interface ModuleFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly body: FunctionBody;
}

/** The bytes of a module that imports one memory and exports functions. */
export function encodeModule(
  memory: MemoryImport,
  functions: readonly ModuleFunction[],
): Uint8Array<ArrayBuffer> {
  const module = new ByteWriter().append([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  const section = (id: number, write: (content: ByteWriter) => void): void => {
    const content = new ByteWriter();
    write(content);
    module.byte(id).sized(content);
  };
  // One type a function, so that both have the same index.
  section(1, (types) =>
    types.list(functions, ({ parameters }) => {
      types.byte(0x60).list(parameters, (type) => types.byte(valueTypes[type]));
      types.unsigned(0);
    }),
  );
  section(2, (imports) => {
    imports.unsigned(1).name(memory.module).name(memory.name).byte(0x02);
    imports
      .byte(memory.shared ? 0x03 : 0x01)
      .unsigned(memory.minimum)
      .unsigned(memory.maximum);
  });
  section(3, (indices) => indices.list(functions, (_, index) => indices.unsigned(index)));
  section(7, (exports) =>
    exports.list(functions, ({ name }, index) => exports.name(name).byte(0x00).unsigned(index)),
  );
  section(10, (code) => code.list(functions, ({ body }) => code.sized(body.encode())));
  return Uint8Array.from(module);
}
