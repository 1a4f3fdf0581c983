/**
 * Two tiny WebAssembly modules, written byte by byte, that do nothing but what is to be measured: multiply and add in
 * registers, and read memory. They share nothing with what they judge.
 */

/** Chains of multiply-adds that do not wait for each other: more than any core has units times latency to fill. */
const CHAINS = 12;
/** Multiply-adds of each chain before the loop turns. */
const UNROLLED = 4;
/** Vectors that are read before the loop turns. */
const LOADS = 8;

const LANES = 4;
const VECTOR_BYTES = 16;

/** Additions and multiplications in one turn of the loop. */
export const OPERATIONS_PER_TURN = CHAINS * UNROLLED * LANES * 2;

const v128 = 0x7b;
const i32 = 0x7f;
const f32 = 0x7d;

/** An unsigned number, seven bits a byte. */
function leb(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...leb(content.length),
  ...content,
];
const text = (value: string): number[] => [value.length, ...new TextEncoder().encode(value)];
const vector = (opcode: number): number[] => [0xfd, ...leb(opcode)];
const getLocal = (index: number): number[] => [0x20, ...leb(index)];
const setLocal = (index: number): number[] => [0x21, ...leb(index)];
const constant = (value: number): number[] => {
  // Signed: a set sixth bit would make it negative.
  const bytes = leb(value);
  const last = bytes.at(-1) as number;
  return last & 0x40 ? [0x41, ...bytes.slice(0, -1), last | 0x80, 0] : [0x41, ...bytes];
};
const f32Constant = (value: number): number[] => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];

const f32x4 = { splat: 0x13, add: 0xe4, mul: 0xe6, relaxedMadd: 0x105, extractLane: 0x1f };
const i32x4 = { add: 0xae, extractLane: 0x1b };
const v128Load = 0x00;

/** A module that exports one function, `run`, of one i32, and its memory if it has any. */
function moduleOf(
  result: number,
  locals: readonly [count: number, type: number][],
  code: readonly number[],
  pages: number,
): Uint8Array<ArrayBuffer> {
  const body = [
    ...leb(locals.length),
    ...locals.flatMap(([count, type]) => [...leb(count), type]),
    ...code,
    0x0b,
  ];
  const exported = [[...text('run'), 0x00, 0x00], ...(pages > 0 ? [[...text('memory'), 0x02, 0x00]] : [])];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 1, i32, 1, result]),
    ...section(3, [1, 0]),
    ...(pages > 0 ? section(5, [1, 0x00, ...leb(pages)]) : []),
    ...section(7, [exported.length, ...exported.flat()]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}

/** `loop { …; if (--counter) continue; }`, where the counter is local 0. */
const countDown = (content: readonly number[]): number[] => [
  ...[0x03, 0x40],
  ...content,
  ...[...getLocal(0), ...constant(1), 0x6b, 0x22, 0x00],
  ...[0x0d, 0x00, 0x0b],
];

/**
 * `run(turns)`: OPERATIONS_PER_TURN operations a turn, in 128-bit vectors that stay in registers.
 * @param fused whether a multiply-add is one instruction, or two
 */
export function multiplyAddModule(fused: boolean): Uint8Array<ArrayBuffer> {
  const [x, y, firstChain] = [1, 2, 3];
  const step = (chain: number) => [
    ...(fused
      ? [...getLocal(x), ...getLocal(y), ...getLocal(chain), ...vector(f32x4.relaxedMadd)]
      : [
          ...[...getLocal(x), ...getLocal(y), ...vector(f32x4.mul)],
          ...[...getLocal(chain), ...vector(f32x4.add)],
        ]),
    ...setLocal(chain),
  ];
  const chains = Array.from({ length: CHAINS }, (_, i) => firstChain + i);
  const turn = Array.from({ length: UNROLLED }, () => chains.flatMap(step)).flat();
  const sum = chains.slice(1).flatMap((chain) => [...getLocal(chain), ...vector(f32x4.add)]);
  const code = [
    ...[...f32Constant(1e-3), ...vector(f32x4.splat), ...setLocal(x)],
    ...[...f32Constant(1e-3), ...vector(f32x4.splat), ...setLocal(y)],
    ...countDown(turn),
    ...[...getLocal(firstChain), ...sum, ...vector(f32x4.extractLane), 0],
  ];
  return moduleOf(f32, [[2 + CHAINS, v128]], code, 0);
}

/** `run(turns)`: reads `turns · BYTES_PER_TURN` bytes of its memory, from the start. */
export const BYTES_PER_TURN = LOADS * VECTOR_BYTES;

export function readModule(bytes: number): Uint8Array<ArrayBuffer> {
  const [address, firstSum] = [1, 2];
  const sums = Array.from({ length: LOADS }, (_, i) => firstSum + i);
  const turn = [
    ...sums.flatMap((sum, i) => [
      ...[...getLocal(address), ...vector(v128Load), 4, ...leb(i * VECTOR_BYTES)],
      ...[...getLocal(sum), ...vector(i32x4.add), ...setLocal(sum)],
    ]),
    ...[...getLocal(address), ...constant(BYTES_PER_TURN), 0x6a, ...setLocal(address)],
  ];
  const total = sums.slice(1).flatMap((sum) => [...getLocal(sum), ...vector(i32x4.add)]);
  const code = [...countDown(turn), ...[...getLocal(firstSum), ...total, ...vector(i32x4.extractLane), 0]];
  const locals: [number, number][] = [
    [1, i32],
    [LOADS, v128],
  ];
  return moduleOf(i32, locals, code, Math.ceil(bytes / 65536));
}
