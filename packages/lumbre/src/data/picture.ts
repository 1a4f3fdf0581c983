/** A picture of bytes: `[height, width, channels]`, row by row, with 1 (grey), 3 (RGB) or 4 channels (RGBA). */
export interface Picture {
  readonly data: Uint8Array;
  readonly shape: readonly [height: number, width: number, channels: number];
}
