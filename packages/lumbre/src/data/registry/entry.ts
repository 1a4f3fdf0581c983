/** A text in the two languages that the command line speaks. */
export interface Bilingual {
  readonly es: string;
  readonly en: string;
}

export type DataKind = 'text' | 'image' | 'music' | 'table';

/**
 * One step of what makes a file the same bytes wherever it came from: hashes are taken after all of them.
 *
 * - `gunzip`: unpacked, since the same content may be packed in many ways;
 * - `text`: UTF-8 without a byte order mark, lines ended by `\n`;
 * - `gutenberg`: the same, without what Project Gutenberg puts before and after a book;
 * - `{ member }`: the file of this name in a tar archive.
 */
export type Normalization = 'gunzip' | 'text' | 'gutenberg' | { readonly member: string };

/** What a file of a data set holds. Several of one role are parts, in their order. */
export type FileRole =
  | 'text'
  | 'images'
  | 'labels'
  | 'names'
  | 'test-images'
  | 'test-labels'
  | 'pieces'
  | 'table';

export interface DataFile {
  readonly role: FileRole;
  /** What it is called in the cache. */
  readonly name: string;
  /** Its place in a mirror folder, with forward slashes; none when a mirror does not have it. */
  readonly mirror?: string;
  /** Where it can be downloaded; the first that answers is taken. None when it cannot. */
  readonly urls?: readonly string[];
  /** Only this many bytes from the beginning are downloaded, of a file that is much larger. */
  readonly firstBytes?: number;
  /** How many bytes the download has, where that is known. */
  readonly downloadBytes?: number;
  readonly normalize: readonly Normalization[];
  /** How many bytes there are after normalizing, where that is known; otherwise at most `maximumBytes`. */
  readonly bytes?: number;
  /** The most bytes that it may have, packed or not. Default: `bytes`, or 64 MiB. */
  readonly maximumBytes?: number;
  /**
   * SHA-256 over the normalized content, in hexadecimal. Recorded only for bytes that whoever wrote the entry held; without
   * it, the structure is checked, and a download must stay what it was when it came.
   */
  readonly sha256?: string;
}

/** Files that together are the data set, or a part of it. */
export interface FileSet {
  readonly files: readonly DataFile[];
  /** What this set is when it is not the whole of the published one. */
  readonly note?: Bilingual;
}

export interface DataSetEntry {
  readonly name: string;
  /** Other names that it answers to. */
  readonly aliases?: readonly string[];
  readonly title: Bilingual;
  readonly description: Bilingual;
  readonly kind: DataKind;
  /** How the files are read. */
  readonly format: DataFormat;
  readonly licence: string;
  /** A page for people, about the data set. */
  readonly source: string;
  /** The ways in which it can be had, best first: each whole, from a mirror folder or by download. */
  readonly sets: readonly FileSet[];
  /** Whether it is computed here from a package, so that nothing has to be fetched. */
  readonly generated?: boolean;
  /** Why it cannot be downloaded, when no set has URLs and nothing is generated. */
  readonly mirrorOnly?: Bilingual;
}

export type DataFormat =
  | { readonly type: 'text' }
  | { readonly type: 'lines' }
  /** MNIST's format; with labels and a test set. */
  | { readonly type: 'idx'; readonly labelNames: readonly string[] }
  /** Bytes alone, in rows. */
  | {
      readonly type: 'pixels';
      readonly height: number;
      readonly width: number;
      readonly channels: 1 | 3 | 4;
      /** What the `labels` or `names` file holds. */
      readonly about?: 'faces' | 'names';
      /** Each file of images is a class. */
      readonly classes?: readonly string[];
    }
  /** One picture with a cell for each image, in columns and rows. */
  | {
      readonly type: 'sheet';
      readonly cell: number;
      /** Pixels around each image in its cell. */
      readonly border: number;
      readonly columns: number;
    }
  | { readonly type: 'chorales' }
  | {
      readonly type: 'table';
      /** The names of the columns. */
      readonly columns: readonly string[];
      /** The column that is usually predicted. */
      readonly target: string;
      readonly rows: number;
      /** What stands before the rows: a header of column names, nothing, or scikit-learn's line of counts. */
      readonly head: 'names' | 'none' | 'counts';
      /** Names of the target's classes, which the file has as 0, 1, 2, … */
      readonly classes?: readonly string[];
    };

/** What the mirror file and the download are called for people: the name of the file, without folders. */
export const isDownloadable = (set: FileSet): boolean => set.files.every((file) => file.urls !== undefined);
export const isMirrored = (set: FileSet): boolean => set.files.every((file) => file.mirror !== undefined);
