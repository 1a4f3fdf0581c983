// Runs one kernel twice over equal memories, as WebAssembly and by the interpreter, and gives back both outcomes.
import type { KernelBody } from '../../src/codegen/ir.ts';
import { f32 } from '../../src/codegen/ir.ts';
import { wasmFeatures } from '../../src/render/wasm/features.ts';
import {
  type RenderOptions,
  renderModule,
  STATUS_CODE_ADDRESS,
  STATUS_VALUE_ADDRESS,
} from '../../src/render/wasm/render.ts';
import { buffer, Locals, load, op, store } from './build.ts';
import { type Fma, fmaFused, fmaSeparate, interpret } from './interpret.ts';

type Data = Float32Array | Int32Array | Uint16Array | Int16Array | Int8Array | Uint8Array;

export interface Call {
  /** Contents of the buffers before the call. */
  readonly buffers: readonly Data[];
  readonly begin?: number;
  readonly end?: number;
}

export interface Outcome {
  /** Contents of the buffers after the call. */
  readonly buffers: readonly number[][];
  readonly failure: { readonly code: number; readonly integer: number; readonly float: number };
}

const tableAddress = 64;
const scratchAddress = 1024;
const firstBuffer = 4096;
const pages = 8;

// One memory for all runs: each reserves gigabytes of address space.
const memories = {
  plain: new WebAssembly.Memory({ initial: pages, maximum: 65536 }),
  shared: wasmFeatures().threads
    ? new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
    : undefined,
};

/** Buffers lie 64 bytes apart, in order. */
function addressesOf(buffers: readonly Data[]): number[] {
  let next = firstBuffer;
  return buffers.map((data) => {
    const address = next;
    next = Math.ceil((address + data.byteLength) / 64) * 64 + 64;
    return address;
  });
}

const bytesOfData = (data: Data): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function runIn(memory: ArrayBufferLike, { buffers, begin = 0, end = 0 }: Call, run: Runner): Outcome {
  const bytes = new Uint8Array(memory);
  const addresses = addressesOf(buffers);
  bytes.fill(0);
  buffers.forEach((data, index) => {
    bytes.set(bytesOfData(data), addresses[index]);
  });
  bytes.set(new Uint8Array(Int32Array.from(addresses).buffer), tableAddress);
  run(addresses, begin, end);
  const view = new DataView(memory);
  return {
    buffers: buffers.map((data, index) => {
      const copy = data.slice();
      bytesOfData(copy).set(bytes.subarray(addresses[index], addresses[index] + data.byteLength));
      return [...copy];
    }),
    failure: {
      code: view.getInt32(STATUS_CODE_ADDRESS, true),
      integer: view.getInt32(STATUS_VALUE_ADDRESS, true),
      float: view.getFloat32(STATUS_VALUE_ADDRESS, true),
    },
  };
}

type Runner = (addresses: readonly number[], begin: number, end: number) => void;

export type KernelFunction = (table: number, begin: number, end: number, scratch: number) => void;

/** The functions of a module rendered from kernels that all have the name of their position. */
export function instantiate(
  kernels: readonly KernelBody[],
  memory: WebAssembly.Memory,
  options: RenderOptions,
): KernelFunction[] {
  const bytes = renderModule(
    kernels.map((body, index) => ({ name: `${index}`, body })),
    options,
  );
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return kernels.map((_, index) => exports[`${index}`] as KernelFunction);
}

export function runWasm(kernel: KernelBody, call: Call, options: RenderOptions): Outcome {
  const memory = options.sharedMemory ? memories.shared : memories.plain;
  if (memory === undefined) throw new Error('This engine has no shared memory.');
  const [run] = instantiate([kernel], memory, options);
  return runIn(memory.buffer, call, (_, begin, end) => run(tableAddress, begin, end, scratchAddress));
}

export function runReference(kernel: KernelBody, call: Call, fma: Fma = fmaSeparate): Outcome {
  const memory = new ArrayBuffer(pages * 65536);
  return runIn(memory, call, (buffers, begin, end) => {
    interpret(kernel, { memory, buffers, begin, end, scratch: scratchAddress, fma });
  });
}

/** A way to render, and the fma that it must have. */
export interface Mode {
  readonly name: string;
  readonly options: RenderOptions;
  readonly fma: Fma;
}

/** Whether the relaxed multiply-add of this machine has one rounding. Both are allowed; one machine has one of them. */
function relaxedIsFused(): boolean {
  const locals = new Locals();
  const at = (index: number) => load(f32, 'f32', buffer(0), 4 * index);
  const kernel = locals.kernel(1, [store('f32', buffer(0), op('fma', f32, at(0), at(1), at(2)), 12)]);
  const a = 1 + 2 ** -12;
  const numbers = Float32Array.of(a, a, -(1 + 2 ** -11), Number.NaN);
  const result = runWasm(kernel, { buffers: [numbers] }, { relaxed: true }).buffers[0][3];
  if (result !== 0 && result !== 2 ** -24) throw new Error(`A multiply-add gave ${result}.`);
  return result !== 0;
}

const strict: Mode = { name: 'strict SIMD', options: { relaxed: false }, fma: fmaSeparate };

/** Every way to render that this engine can run. */
export const modes: readonly Mode[] = wasmFeatures().relaxedSimd
  ? [
      strict,
      { name: 'relaxed SIMD', options: { relaxed: true }, fma: relaxedIsFused() ? fmaFused : fmaSeparate },
    ]
  : [strict];
