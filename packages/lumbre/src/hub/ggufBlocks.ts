import { float16ToNumber } from '../graph/halfFloat.ts';

/** GGUF's kinds of which several elements share a scale. */
export type PackedKind = 'Q4_0' | 'Q4_1' | 'Q5_0' | 'Q5_1' | 'Q8_0' | 'Q4_K' | 'Q5_K' | 'Q6_K';

interface Packing {
  /** Elements of a block. */
  readonly elements: number;
  /** Bytes of a block. */
  readonly bytes: number;
  /** Unpacks the block at `at` to `out[to…]`. */
  readonly unpack: (block: Block, at: number, out: Float32Array, to: number) => void;
}

interface Block {
  readonly view: DataView;
  readonly bytes: Uint8Array;
}

const half = ({ view }: Block, at: number): number => float16ToNumber(view.getUint16(at, true));

/** 16 bytes of two fours of bits each: the lower ones are the first 16 elements. */
function nibbles({ bytes }: Block, at: number, set: (i: number, low: number, high: number) => void): void {
  for (let i = 0; i < 16; i++) {
    const byte = bytes[at + i] as number;
    set(i, byte & 15, byte >> 4);
  }
}

/** Scale and least value of part `j` of a block of 256, six bits each, as `get_scale_min_k4` of llama.cpp has them. */
function scaleAndLeast({ bytes }: Block, at: number, j: number): readonly [scale: number, least: number] {
  const byte = (i: number): number => bytes[at + i] as number;
  if (j < 4) return [byte(j) & 63, byte(j + 4) & 63];
  return [(byte(j + 4) & 15) | ((byte(j - 4) >> 6) << 4), (byte(j + 4) >> 4) | ((byte(j) >> 6) << 4)];
}

/** Blocks of 256 with scales of scales, with a fifth bit of each element in `fifth` bytes where there are such. */
function unpackK(block: Block, at: number, out: Float32Array, to: number, fifth: 0 | 32): void {
  const scale = half(block, at);
  const leastScale = half(block, at + 2);
  const bits = at + 16;
  const quants = bits + fifth;
  for (let j = 0; j < 8; j++) {
    const [own, least] = scaleAndLeast(block, at + 4, j);
    const step = Math.fround(scale * own);
    const below = Math.fround(leastScale * least);
    const from = quants + 32 * (j >> 1);
    for (let i = 0; i < 32; i++) {
      const byte = block.bytes[from + i] as number;
      const low = j % 2 === 0 ? byte & 15 : byte >> 4;
      const more = fifth && ((block.bytes[bits + i] as number) >> j) & 1 ? 16 : 0;
      out[to + 32 * j + i] = Math.fround(step * (low + more)) - below;
    }
  }
}

/** The kinds that are read, as llama.cpp's `ggml-quants.c` unpacks them. */
export const packedKinds: Readonly<Record<PackedKind, Packing>> = {
  Q8_0: {
    elements: 32,
    bytes: 34,
    unpack(block, at, out, to) {
      const scale = half(block, at);
      for (let i = 0; i < 32; i++) out[to + i] = block.view.getInt8(at + 2 + i) * scale;
    },
  },
  Q4_0: {
    elements: 32,
    bytes: 18,
    unpack(block, at, out, to) {
      const scale = half(block, at);
      nibbles(block, at + 2, (i, low, high) => {
        out[to + i] = (low - 8) * scale;
        out[to + 16 + i] = (high - 8) * scale;
      });
    },
  },
  Q4_1: {
    elements: 32,
    bytes: 20,
    unpack(block, at, out, to) {
      const scale = half(block, at);
      const least = half(block, at + 2);
      nibbles(block, at + 4, (i, low, high) => {
        out[to + i] = Math.fround(low * scale) + least;
        out[to + 16 + i] = Math.fround(high * scale) + least;
      });
    },
  },
  Q5_0: {
    elements: 32,
    bytes: 22,
    unpack(block, at, out, to) {
      const scale = half(block, at);
      const fifth = block.view.getUint32(at + 2, true);
      nibbles(block, at + 6, (i, low, high) => {
        out[to + i] = ((low | (((fifth >>> i) & 1) << 4)) - 16) * scale;
        out[to + 16 + i] = ((high | (((fifth >>> (i + 16)) & 1) << 4)) - 16) * scale;
      });
    },
  },
  Q5_1: {
    elements: 32,
    bytes: 24,
    unpack(block, at, out, to) {
      const scale = half(block, at);
      const least = half(block, at + 2);
      const fifth = block.view.getUint32(at + 4, true);
      nibbles(block, at + 8, (i, low, high) => {
        out[to + i] = Math.fround((low | (((fifth >>> i) & 1) << 4)) * scale) + least;
        out[to + 16 + i] = Math.fround((high | (((fifth >>> (i + 16)) & 1) << 4)) * scale) + least;
      });
    },
  },
  Q4_K: { elements: 256, bytes: 144, unpack: (block, at, out, to) => unpackK(block, at, out, to, 0) },
  Q5_K: { elements: 256, bytes: 176, unpack: (block, at, out, to) => unpackK(block, at, out, to, 32) },
  Q6_K: {
    elements: 256,
    bytes: 210,
    unpack(block, at, out, to) {
      const { bytes, view } = block;
      const scale = half(block, at + 208);
      for (let part = 0; part < 2; part++) {
        const low = at + 64 * part;
        const high = at + 128 + 32 * part;
        for (let i = 0; i < 128; i++) {
          const lane = i & 31;
          const quarter = i >> 5;
          const byte = bytes[low + lane + 32 * (quarter & 1)] as number;
          const four = quarter < 2 ? byte & 15 : byte >> 4;
          const two = ((bytes[high + lane] as number) >> (2 * quarter)) & 3;
          const own = view.getInt8(at + 192 + 8 * part + (lane >> 4) + 2 * quarter);
          out[to + 128 * part + i] = Math.fround(scale * own) * ((four | (two << 4)) - 32);
        }
      }
    },
  },
};

/** The elements of blocks, as float32. */
export function unpackBlocks(kind: PackedKind, bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const packing = packedKinds[kind];
  const block = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  const count = bytes.length / packing.bytes;
  const out = new Float32Array(count * packing.elements);
  for (let i = 0; i < count; i++) packing.unpack(block, i * packing.bytes, out, i * packing.elements);
  return out;
}
