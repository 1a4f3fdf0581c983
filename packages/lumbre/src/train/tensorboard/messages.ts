import { ProtobufMessage } from './protobuf.ts';

/**
 * TensorBoard's messages, with the numbers of its .proto files (tensorboard/compat/proto: event, summary, tensor). Scalars
 * and images are in the older form, which PyTorch writes too: every version of TensorBoard reads it, and it is shorter.
 */

const event = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const;

const makeEvent = (wallTime: number, step: number): ProtobufMessage =>
  new ProtobufMessage().double(event.wallTime, wallTime).integer(event.step, step);

/** The first event of every file. */
export const fileVersionEvent = (wallTime: number): Uint8Array =>
  makeEvent(wallTime, 0).string(event.fileVersion, 'brain.Event:2').finish();

const SESSION_START = 1;

/** From here on the run is made once more: what earlier files hold of this step and later ones counts no longer. */
export const restartEvent = (wallTime: number, step: number): Uint8Array =>
  makeEvent(wallTime, step)
    .message(event.sessionLog, new ProtobufMessage().integer(1, SESSION_START))
    .finish();

/** One value of a summary, by its tag. */
export const summaryEvent = (wallTime: number, step: number, value: ProtobufMessage): Uint8Array =>
  makeEvent(wallTime, step).message(event.summary, new ProtobufMessage().message(1, value)).finish();

const value = { tag: 1, simpleValue: 2, image: 4, tensor: 8, metadata: 9 } as const;

export const scalarValue = (tag: string, scalar: number): ProtobufMessage =>
  new ProtobufMessage().string(value.tag, tag).float(value.simpleValue, scalar);

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** By PNG's number of the kind of pixels; 3 is a palette of colours. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

/** Reads the size of a PNG. @throws TypeError when it is none. */
export function pngHeader(png: Uint8Array): PngHeader {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const channels = png.length < 33 ? undefined : channelsOf[view.getUint8(25)];
  if (channels === undefined || signature.some((byte, i) => png[i] !== byte)) {
    throw new TypeError(
      `A picture of ${png.length} bytes is no PNG; encode it first, as encodePng of lumbre/node does.`,
    );
  }
  return { width: view.getUint32(16), height: view.getUint32(20), channels };
}

export function imageValue(tag: string, png: Uint8Array): ProtobufMessage {
  const { width, height, channels } = pngHeader(png);
  const image = new ProtobufMessage().integer(1, height).integer(2, width).integer(3, channels).bytes(4, png);
  return new ProtobufMessage().string(value.tag, tag).message(value.image, image);
}

const DT_STRING = 7;
const DATA_CLASS_TENSOR = 2;

/** A text, in Markdown, as a tensor of one string that the plugin `text` shows. */
export function textValue(tag: string, text: string): ProtobufMessage {
  const plugin = new ProtobufMessage().string(1, 'text');
  const metadata = new ProtobufMessage().message(1, plugin).integer(4, DATA_CLASS_TENSOR);
  const tensor = new ProtobufMessage()
    .integer(1, DT_STRING)
    .message(2, new ProtobufMessage())
    .string(8, text);
  return new ProtobufMessage()
    .string(value.tag, tag)
    .message(value.tensor, tensor)
    .message(value.metadata, metadata);
}
