import type { RunFiles } from '../recorder.ts';
import {
  fileVersionEvent,
  imageValue,
  restartEvent,
  scalarValue,
  summaryEvent,
  textValue,
} from './messages.ts';
import type { ProtobufMessage } from './protobuf.ts';
import { tfRecord } from './record.ts';

export interface TensorBoardWriterOptions {
  /** A folder among the files: a run of its own to TensorBoard. Default: none. */
  readonly folder?: string;
  /** The machine's name, for the file's. Default `lumbre`. */
  readonly host?: string;
  /** The number of the process, for the file's name. Default 0. */
  readonly pid?: number;
  /** Seconds since 1970. Default: the clock. */
  readonly wallTime?: () => number;
  /**
   * For a run that goes on: the first step that is made now. What earlier files hold of it and of later steps is
   * forgotten by whoever reads them all.
   */
  readonly firstStep?: number;
}

/** `events.out.tfevents.<seconds>.<milliseconds>.<host>.<pid>`: files are read in the order of their names. */
function fileName({ folder, host = 'lumbre', pid = 0 }: TensorBoardWriterOptions, wallTime: number): string {
  const milliseconds = Math.floor(wallTime * 1000);
  const seconds = String(Math.floor(milliseconds / 1000)).padStart(10, '0');
  const name = `events.out.tfevents.${seconds}.${String(milliseconds % 1000).padStart(3, '0')}.${host}.${pid}`;
  return folder ? `${folder}/${name}` : name;
}

/**
 * Writes an event file that TensorBoard shows: `tensorboard --logdir runs`. What is added waits for `flush`. A writer begins
 * a file of its own.
 */
export class TensorBoardWriter {
  readonly #files: RunFiles;
  readonly #wallTime: () => number;
  /** The file in the folder that was given. */
  readonly name: string;
  #pending: Uint8Array[] = [];

  constructor(files: RunFiles, options: TensorBoardWriterOptions = {}) {
    const { wallTime = () => Date.now() / 1000, firstStep } = options;
    this.#files = files;
    this.#wallTime = wallTime;
    const now = wallTime();
    this.name = fileName(options, now);
    this.#pending.push(tfRecord(fileVersionEvent(now)));
    if (firstStep !== undefined) this.#pending.push(tfRecord(restartEvent(now, firstStep)));
  }

  #add(step: number, value: ProtobufMessage): void {
    this.#pending.push(tfRecord(summaryEvent(this.#wallTime(), step, value)));
  }

  /** A figure of a step: one point of the curve `tag`. Curves of one prefix, `train/loss`, are shown together. */
  addScalar(tag: string, scalar: number, step: number): void {
    this.#add(step, scalarValue(tag, scalar));
  }

  /** A picture, as the bytes of a PNG. @throws TypeError when it is none. */
  addImage(tag: string, png: Uint8Array, step: number): void {
    this.#add(step, imageValue(tag, png));
  }

  /** A text, which is shown as Markdown. */
  addText(tag: string, text: string, step: number): void {
    this.#add(step, textValue(tag, text));
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    const records = this.#pending;
    if (records.length === 0) return;
    this.#pending = [];
    const bytes = new Uint8Array(records.reduce((total, { length }) => total + length, 0));
    let at = 0;
    for (const record of records) {
      bytes.set(record, at);
      at += record.length;
    }
    await this.#files.append(this.name, bytes);
  }
}
