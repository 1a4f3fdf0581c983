/** What kernels are made for: how wide vectors are, and what fits in registers and caches. */
export interface Target {
  /** Float32 lanes of the widest vectors: 4, 8 or 16. */
  readonly lanes: number;
  /** The tile of a product that the inner loop keeps in registers: rows by vectors. */
  readonly tileRows: number;
  readonly tileVectors: number;
  /** Rows of a that are packed at a time, for the second-level cache, and columns of b, for the last. */
  readonly blockRows: number;
  readonly blockColumns: number;
  /** Columns of a row times a matrix that one thread sums up at a time: their sums stay in the first-level cache. */
  readonly vectorColumns: number;
  /**
   * Rows of a matrix times a vector that are read side by side, far apart: a processor fetches ahead within a page of
   * memory, and while it waits at the end of one it goes on in the others.
   */
  readonly streams: number;
  /** Whether elements that lie anywhere are loaded by a vector of indices, and indices computed as vectors, or one by one. */
  readonly gathers: boolean;
}

/**
 * Sums over a row go in so many accumulators, whatever the width of vectors, and are combined in one order: so results
 * have the same bits on every target.
 */
export const VIRTUAL_LANES = 16;

/** Float32 lanes of the narrowest vectors, which every target has. */
export const QUAD = 4;

/** WebAssembly: eight accumulators, two vectors of b, one of a; a block of b in the second-level cache. */
export const wasmTarget: Target = {
  lanes: 4,
  tileRows: 4,
  tileVectors: 2,
  blockRows: 64,
  blockColumns: 512,
  vectorColumns: 1024,
  streams: 2,
  gathers: false,
};

/** Columns of a tile. */
export const tileColumns = (target: Target): number => target.tileVectors * target.lanes;
