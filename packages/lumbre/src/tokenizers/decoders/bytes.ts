import type { ByteLevelOptions } from '../preTokenizers/byteLevel.ts';
import { CHARACTER_BYTES } from '../text/alphabet.ts';
import type { Decoder } from './decoder.ts';

const lossy = new TextDecoder('utf-8', { ignoreBOM: true });
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The byte of each character of GPT-2's alphabet, together as UTF-8; U+FFFD for bytes that are none. */
export class ByteLevel implements Decoder {
  /** What files keep here, though only the pre-tokenizer and the post-processor of the same name have use for it. */
  readonly options: Required<ByteLevelOptions>;

  constructor({ addPrefixSpace = true, trimOffsets = true, useRegex = true }: ByteLevelOptions = {}) {
    this.options = { addPrefixSpace, trimOffsets, useRegex };
  }

  decodeChain(tokens: readonly string[]): string[] {
    const bytes: number[] = [];
    for (const token of tokens) {
      const before = bytes.length;
      for (let i = 0; i < token.length; i++) {
        const unit = token.charCodeAt(i);
        const byte = unit < CHARACTER_BYTES.length ? (CHARACTER_BYTES[unit] as number) : -1;
        if (byte < 0) {
          // A token with any other character is no token of bytes, and is taken as it is.
          bytes.length = before;
          for (const one of encoder.encode(token)) bytes.push(one);
          break;
        }
        bytes.push(byte);
      }
    }
    return [lossy.decode(Uint8Array.from(bytes))];
  }

  toJSON(): { type: 'ByteLevel'; add_prefix_space: boolean; trim_offsets: boolean; use_regex: boolean } {
    const { addPrefixSpace, trimOffsets, useRegex } = this.options;
    return {
      type: 'ByteLevel',
      add_prefix_space: addPrefixSpace,
      trim_offsets: trimOffsets,
      use_regex: useRegex,
    };
  }
}

const byteToken = /^<0x([0-9a-fA-F]{2})>$/;

/** Tokens such as `<0xE2>` are bytes; each of them is U+FFFD where several in a row are no UTF-8. */
export class ByteFallback implements Decoder {
  decodeChain(tokens: readonly string[]): string[] {
    const pieces: string[] = [];
    let bytes: number[] = [];
    const flush = (): void => {
      if (bytes.length === 0) return;
      try {
        pieces.push(strict.decode(Uint8Array.from(bytes)));
      } catch {
        for (const _ of bytes) pieces.push('\ufffd');
      }
      bytes = [];
    };
    for (const token of tokens) {
      const byte = byteToken.exec(token)?.[1];
      if (byte !== undefined) bytes.push(Number.parseInt(byte, 16));
      else {
        flush();
        pieces.push(token);
      }
    }
    flush();
    return pieces;
  }

  toJSON(): { type: 'ByteFallback' } {
    return { type: 'ByteFallback' };
  }
}
