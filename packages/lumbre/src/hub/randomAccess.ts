/** A file of which parts are read: weights are read tensor by tensor, so that they are never in memory twice. */
export interface RandomAccessFile {
  /** What the file is called in messages. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /**
   * The bytes from `start` up to `end`, exactly so many; the caller may keep them and write into them.
   * @throws RangeError when they do not lie within the file; Error when it got shorter meanwhile or cannot be read
   */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Gives back what the file holds. It may be called again. */
  close(): Promise<void>;
}

/** @throws RangeError when a range does not lie within a file. */
export function checkRange({ name, size }: RandomAccessFile, start: number, end: number): void {
  if (
    !(Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end <= size)
  ) {
    throw new RangeError(`hub: bytes ${start} to ${end} were asked of ${name}, which has ${size}.`);
  }
}

/** Bytes in memory as a file. What is read is a copy. */
export function memoryFile(bytes: Uint8Array, name = 'the bytes'): RandomAccessFile {
  const file: RandomAccessFile = {
    name,
    size: bytes.length,
    async read(start, end) {
      checkRange(file, start, end);
      // Not by `slice`, with which a Node Buffer shows its own memory instead of copying it.
      return new Uint8Array(bytes.subarray(start, end));
    },
    async close() {},
  };
  return file;
}

/** A Blob, or a File that somebody chose, as a file; browsers keep large ones on disk. */
export function blobFile(blob: Blob, name = 'the blob'): RandomAccessFile {
  const file: RandomAccessFile = {
    name,
    size: blob.size,
    async read(start, end) {
      checkRange(file, start, end);
      return new Uint8Array(await blob.slice(start, end).arrayBuffer());
    },
    async close() {},
  };
  return file;
}

/** The whole of a file. @throws Error when it has more than `maxBytes`, before any of it is read. */
export async function readWholeFile(
  file: RandomAccessFile,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (file.size > maxBytes) {
    throw new RangeError(`hub: ${file.name} has ${file.size} bytes, and at most ${maxBytes} were expected.`);
  }
  return await file.read(0, file.size);
}
