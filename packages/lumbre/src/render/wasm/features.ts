import { enableRelaxedSimd } from '#platform';
import { encodeModule, FunctionBody } from './assembler.ts';

/** What the WebAssembly engine at hand accepts. */
export interface WasmFeatures {
  /** 128-bit vectors. */
  readonly simd: boolean;
  /** Relaxed vector instructions: the fused multiply-add. */
  readonly relaxedSimd: boolean;
  /** Shared memory and atomic instructions. Whether a page may make shared memory is another question. */
  readonly threads: boolean;
}

/** Whether the engine validates a module with one function, whose code `write` puts down. */
function accepts(shared: boolean, write: (body: FunctionBody) => void): boolean {
  const body = new FunctionBody(0);
  write(body);
  const memory = { module: 'env', name: 'memory', minimum: 1, maximum: 1, shared };
  return WebAssembly.validate(encodeModule(memory, [{ name: 'probe', parameters: [], body }]));
}

function probe(): WasmFeatures {
  enableRelaxedSimd();
  const zero = new Int32Array(4);
  return {
    simd: accepts(false, (body) => body.v128(zero).op('v128.any_true').if().end()),
    relaxedSimd: accepts(false, (body) =>
      body.v128(zero).v128(zero).v128(zero).op('f32x4.relaxed_madd').op('v128.any_true').if().end(),
    ),
    threads: accepts(true, (body) =>
      body.i32(0).i32(0).i32(0).memoryOp('i32.atomic.rmw.cmpxchg', 2, 0).if().end(),
    ),
  };
}

let known: WasmFeatures | undefined;

/**
 * The features of this engine, asked for once by validating tiny modules. Call it before the first module is compiled
 * and before workers start: in Node 20 it also turns relaxed SIMD on.
 */
export function wasmFeatures(): WasmFeatures {
  known ??= probe();
  return known;
}
