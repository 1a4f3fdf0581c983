import type { NoteEvent } from '../music/score.ts';
import type { Bilingual } from './entry.ts';

/** A text, whole. */
export interface LoadedText {
  readonly kind: 'text';
  readonly name: string;
  readonly text: string;
  /** For lists, such as names: the lines without the empty ones. */
  readonly lines?: readonly string[];
  /** Said when these are not all of the published data. */
  readonly note?: Bilingual;
}

/** Images in one array, and what is known about each. */
export interface ImageSplit {
  /** Pixels from 0 to 255: [count, height, width, channels]. */
  readonly images: Uint8Array;
  readonly shape: readonly [count: number, height: number, width: number, channels: number];
  /** The class of each image: [count]. */
  readonly labels?: Int32Array;
  /** The name of each image, where each has its own. */
  readonly names?: readonly string[];
}

export interface LoadedImages {
  readonly kind: 'image';
  readonly name: string;
  readonly train: ImageSplit;
  /** Only where the publisher put images aside. */
  readonly test?: ImageSplit;
  /** The names of the classes: label i is `labelNames[i]`. */
  readonly labelNames?: readonly string[];
  /** 0 or 1 for each image of `train`, by what it says: `glasses`, `hat`. */
  readonly attributes?: Readonly<Record<string, Uint8Array>>;
  readonly note?: Bilingual;
}

/** Music in steps of equal length: in each step the notes that sound, as MIDI numbers, from the lowest to the highest. */
export type Piece = readonly Int32Array[];

export interface LoadedMusic {
  readonly kind: 'music';
  readonly name: string;
  readonly train: readonly Piece[];
  readonly validation: readonly Piece[];
  readonly test: readonly Piece[];
  /** Steps to a quarter note. */
  readonly stepsPerQuarter: number;
  /** The notes of each piece, where it is known which are struck again: what goes on in `Piece` is one long note. */
  readonly notes?: Readonly<Record<'train' | 'validation' | 'test', readonly (readonly NoteEvent[])[]>>;
  readonly note?: Bilingual;
}

/** A table as text, for a reader of CSV. */
export interface LoadedTable {
  readonly kind: 'table';
  readonly name: string;
  /** Always with a line of column names first, and classes by their names. */
  readonly csv: string;
  readonly columns: readonly string[];
  /** The column that is usually predicted. */
  readonly target: string;
  readonly rows: number;
  readonly note?: Bilingual;
}

export type LoadedData = LoadedText | LoadedImages | LoadedMusic | LoadedTable;

export interface OpenOptions {
  /**
   * Whether to fetch what is neither in the mirror folder nor in the cache. `ask` asks through the source's own `confirm`,
   * and is `no` without one. Default: what the source was made with, which is `no` unless said otherwise.
   */
  readonly download?: 'ask' | 'yes' | 'no';
  readonly signal?: AbortSignal;
}

/** Where data sets come from. What learns from data depends on this, not on files or networks. */
export interface DataSource {
  /**
   * Reads a data set of the registry, whole.
   * @throws DataSetError when there is none of this name, it is not here and may not be fetched, or is damaged
   */
  open(name: string, options?: OpenOptions): Promise<LoadedData>;
}

const openAs =
  <K extends LoadedData['kind']>(kind: K) =>
  async (
    source: DataSource,
    name: string,
    options?: OpenOptions,
  ): Promise<Extract<LoadedData, { kind: K }>> => {
    const data = await source.open(name, options);
    if (data.kind !== kind) {
      throw new TypeError(
        `The data set '${name}' is of kind ${data.kind}; one of kind ${kind} was expected.`,
      );
    }
    return data as Extract<LoadedData, { kind: K }>;
  };

/** Opens a data set that must be a text. @throws TypeError when it is none; DataSetError as `open` */
export const openText = openAs('text');
/** Opens a data set that must be images. @throws TypeError when it is not; DataSetError as `open` */
export const openImages = openAs('image');
/** Opens a data set that must be music. @throws TypeError when it is not; DataSetError as `open` */
export const openMusic = openAs('music');
/** Opens a data set that must be a table. @throws TypeError when it is none; DataSetError as `open` */
export const openTable = openAs('table');
