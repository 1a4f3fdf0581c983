/** How a field is written: https://protobuf.dev/programming-guides/encoding. */
const wire = { varint: 0, double: 1, bytes: 2, float: 5 } as const;

const encoder = new TextEncoder();

/** Writes one protobuf message, field by field. Fields come in the order of their numbers, as in Google's own writers. */
export class ProtobufMessage {
  readonly #bytes: number[] = [];

  /** A whole number of at least 0, exact up to 2⁵³. */
  #writeVarint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.#bytes.push((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.#bytes.push(rest);
  }

  #begin(field: number, type: number): void {
    this.#writeVarint(field * 8 + type);
  }

  #writeAll(bytes: Uint8Array): void {
    // Not spread: a picture has more bytes than a call may have arguments.
    for (const byte of bytes) this.#bytes.push(byte);
  }

  /** int32, int64, an enum or a bool; left out where it is 0, which is what readers take it for. */
  integer(field: number, value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`ProtobufMessage: ${value} is no whole number from 0 to 2⁵³.`);
    }
    if (value === 0) return this;
    this.#begin(field, wire.varint);
    this.#writeVarint(value);
    return this;
  }

  double(field: number, value: number): this {
    this.#begin(field, wire.double);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    this.#writeAll(bytes);
    return this;
  }

  float(field: number, value: number): this {
    this.#begin(field, wire.float);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#writeAll(bytes);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#begin(field, wire.bytes);
    this.#writeVarint(value.length);
    this.#writeAll(value);
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value));
  }

  message(field: number, value: ProtobufMessage): this {
    return this.bytes(field, value.finish());
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
