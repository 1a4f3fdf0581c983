import type { StoredArray } from '../../src/hub/index.ts';

/** A GGUF file of version 3 with float32 tensors: as much of the format as the tests need. */

type Value = string | number | boolean | { readonly float: number } | readonly string[];

const ALIGNMENT = 32;
const kinds = { uint32: 4, float32: 6, bool: 7, string: 8, array: 9 } as const;

class Bytes {
  readonly #parts: number[] = [];

  get length(): number {
    return this.#parts.length;
  }

  number(value: number, bytes: 1 | 4 | 8): void {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt(value), true);
    this.raw(new Uint8Array(view.buffer, 0, bytes));
  }

  float(value: number): void {
    this.raw(new Uint8Array(Float32Array.of(value).buffer));
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.number(bytes.length, 8);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    for (const byte of bytes) this.#parts.push(byte);
  }

  align(): void {
    while (this.length % ALIGNMENT !== 0) this.#parts.push(0);
  }

  take(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#parts);
  }
}

function writeValue(out: Bytes, value: Value): void {
  if (typeof value === 'string') {
    out.number(kinds.string, 4);
    out.text(value);
  } else if (typeof value === 'boolean') {
    out.number(kinds.bool, 4);
    out.number(Number(value), 1);
  } else if (typeof value === 'number') {
    out.number(kinds.uint32, 4);
    out.number(value, 4);
  } else if ('float' in value) {
    out.number(kinds.float32, 4);
    out.float(value.float);
  } else {
    out.number(kinds.array, 4);
    out.number(kinds.string, 4);
    out.number(value.length, 8);
    for (const item of value) out.text(item);
  }
}

export function writeGguf(
  values: Readonly<Record<string, Value>>,
  tensors: readonly (readonly [string, StoredArray])[],
): Uint8Array<ArrayBuffer> {
  const out = new Bytes();
  out.raw(new TextEncoder().encode('GGUF'));
  out.number(3, 4);
  out.number(tensors.length, 8);
  out.number(Object.keys(values).length, 8);
  for (const [name, value] of Object.entries(values)) {
    out.text(name);
    writeValue(out, value);
  }
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    out.text(name);
    out.number(shape.length, 4);
    for (const size of [...shape].reverse()) out.number(size, 8);
    out.number(0, 4);
    out.number(offset, 8);
    offset += Math.ceil((4 * data.length) / ALIGNMENT) * ALIGNMENT;
  }
  out.align();
  for (const [, { data }] of tensors) {
    out.raw(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    out.align();
  }
  return out.take();
}

/** Rows of queries and keys as llama.cpp's converter orders them, `LlamaModel.permute`. */
export function permuted(array: StoredArray, heads: number): StoredArray {
  const [rows, width] = array.shape as readonly [number, number];
  const half = rows / heads / 2;
  const data = new Float32Array(array.data.length);
  for (let head = 0; head < heads; head++) {
    for (let i = 0; i < half; i++) {
      for (const part of [0, 1]) {
        const from = (head * 2 * half + part * half + i) * width;
        const to = (head * 2 * half + 2 * i + part) * width;
        data.set(array.data.subarray(from, from + width), to);
      }
    }
  }
  return { ...array, data };
}
