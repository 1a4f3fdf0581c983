import { PairTable } from '../pairTable.ts';
import type { Corpus, Pieces } from './corpus.ts';

/** A character that no piece stands for is so much less likely than the least likely piece. */
const UNKNOWN_PENALTY = 10;

const NONE = -1;

/** Below this, one of two likelihoods adds nothing to the other that a double could hold. */
const NEGLIGIBLE = 50;

function logAddExp(x: number, y: number): number {
  const [least, most] = x > y ? [y, x] : [x, y];
  return most > least + NEGLIGIBLE ? most : most + Math.log(Math.exp(least - most) + 1);
}

/**
 * All ways to cut a sentence into pieces: edges from one place between characters to another, each with its piece. One object
 * serves for one sentence after the other, so that no memory is made for any.
 */
export class Lattice {
  readonly #symbols: Int32Array;
  /** The pieces as a tree: a node is the number of a pair of parent and symbol, and 1. */
  readonly #children = new PairTable();
  /** The piece that ends at each node of the tree. */
  readonly #pieceAt: Int32Array;
  readonly #scores: Float64Array;
  readonly #unknownScore: number;
  #length = 0;
  /** The edges, in the order of where they begin, then of where they end. */
  #ends = new Int32Array(256);
  #pieces = new Int32Array(256);
  #edgeScores = new Float64Array(256);
  /** The first edge that begins at each place. */
  #firstEdges = new Int32Array(64);
  #forward = new Float64Array(64);
  #backward = new Float64Array(64);
  #bestEdges = new Int32Array(64);
  #bestStarts = new Int32Array(64);

  constructor({ symbols }: Corpus, { starts, lengths, scores }: Pieces) {
    this.#symbols = symbols;
    this.#scores = scores;
    const nodes = new Int32Array(scores.length);
    let least = Number.POSITIVE_INFINITY;
    for (let piece = 1; piece < scores.length; piece++) {
      const start = starts[piece] as number;
      let node = 0;
      for (let i = start; i < start + (lengths[piece] as number); i++) {
        node = this.#children.add(node, symbols[i] as number) + 1;
      }
      nodes[piece] = node;
      least = Math.min(least, scores[piece] as number);
    }
    this.#pieceAt = new Int32Array(this.#children.length + 1).fill(NONE);
    for (let piece = 1; piece < scores.length; piece++) this.#pieceAt[nodes[piece] as number] = piece;
    this.#unknownScore = least - UNKNOWN_PENALTY;
  }

  /** Looks at the sentence of `length` symbols that begins at `start`. */
  read(start: number, length: number): void {
    this.#length = length;
    if (length + 1 > this.#firstEdges.length) this.#growPlaces(2 * (length + 1));
    let edges = 0;
    for (let place = 0; place < length; place++) {
      this.#firstEdges[place] = edges;
      let isKnown = false;
      let node = 0;
      for (let end = place; end < length; end++) {
        const child = this.#children.find(node, this.#symbols[start + end] as number);
        if (child === NONE) break;
        node = child + 1;
        const piece = this.#pieceAt[node] as number;
        if (piece === NONE) continue;
        if (edges === this.#ends.length) this.#growEdges();
        this.#ends[edges] = end + 1;
        this.#pieces[edges] = piece;
        this.#edgeScores[edges++] = this.#scores[piece] as number;
        if (end === place) isKnown = true;
      }
      if (isKnown) continue;
      if (edges === this.#ends.length) this.#growEdges();
      this.#ends[edges] = place + 1;
      this.#pieces[edges] = 0;
      this.#edgeScores[edges++] = this.#unknownScore;
    }
    this.#firstEdges[length] = edges;
  }

  #growPlaces(size: number): void {
    this.#firstEdges = new Int32Array(size);
    this.#forward = new Float64Array(size);
    this.#backward = new Float64Array(size);
    this.#bestEdges = new Int32Array(size);
    this.#bestStarts = new Int32Array(size);
  }

  #growEdges(): void {
    const size = 2 * this.#ends.length;
    const ends = new Int32Array(size);
    const pieces = new Int32Array(size);
    const scores = new Float64Array(size);
    ends.set(this.#ends);
    pieces.set(this.#pieces);
    scores.set(this.#edgeScores);
    this.#ends = ends;
    this.#pieces = pieces;
    this.#edgeScores = scores;
  }

  /**
   * Adds to `expected` how often each piece comes in the sentence, on average over all ways to cut it, `times` times.
   * @returns the logarithm of the sentence's likelihood
   */
  addExpected(times: number, expected: Float64Array): number {
    const length = this.#length;
    const forward = this.#forward.fill(Number.NaN, 0, length + 1);
    const backward = this.#backward;
    const firstEdges = this.#firstEdges;
    const ends = this.#ends;
    const scores = this.#edgeScores;
    forward[0] = 0;
    for (let place = 0; place < length; place++) {
      const here = forward[place] as number;
      const next = firstEdges[place + 1] as number;
      for (let edge = firstEdges[place] as number; edge < next; edge++) {
        const end = ends[edge] as number;
        const value = (scores[edge] as number) + here;
        const known = forward[end] as number;
        forward[end] = Number.isNaN(known) ? value : logAddExp(known, value);
      }
    }
    backward[length] = 0;
    for (let place = length - 1; place >= 0; place--) {
      const first = firstEdges[place] as number;
      const next = firstEdges[place + 1] as number;
      let sum = (scores[first] as number) + (backward[ends[first] as number] as number);
      for (let edge = first + 1; edge < next; edge++) {
        sum = logAddExp(sum, (scores[edge] as number) + (backward[ends[edge] as number] as number));
      }
      backward[place] = sum;
    }
    const likelihood = forward[length] as number;
    for (let place = 0; place < length; place++) {
      const next = firstEdges[place + 1] as number;
      for (let edge = firstEdges[place] as number; edge < next; edge++) {
        const piece = this.#pieces[edge] as number;
        const total =
          (forward[place] as number) +
          (scores[edge] as number) +
          (backward[ends[edge] as number] as number) -
          likelihood;
        expected[piece] = (expected[piece] as number) + times * Math.exp(total);
      }
    }
    return likelihood;
  }

  /**
   * The most likely way to cut the sentence, its last piece first.
   * @param whole whether the sentence may be one piece; without, it is the best of all other ways, and empty if there is none
   * @returns its pieces, and the logarithm of its likelihood
   */
  best(whole = true): { pieces: number[]; score: number } {
    const length = this.#length;
    const scores = this.#forward.fill(Number.NaN, 0, length + 1);
    scores[0] = 0;
    for (let place = 0; place < length; place++) {
      const here = scores[place] as number;
      // A place that no way leads to.
      if (Number.isNaN(here)) continue;
      const next = this.#firstEdges[place + 1] as number;
      for (let edge = this.#firstEdges[place] as number; edge < next; edge++) {
        const end = this.#ends[edge] as number;
        if (!whole && end - place === length) continue;
        const value = here + (this.#edgeScores[edge] as number);
        const known = scores[end] as number;
        if (known >= value) continue;
        scores[end] = value;
        this.#bestEdges[end] = edge;
        this.#bestStarts[end] = place;
      }
    }
    const pieces: number[] = [];
    const score = scores[length] as number;
    if (Number.isNaN(score)) return { pieces, score };
    for (let end = length; end > 0; end = this.#bestStarts[end] as number) {
      pieces.push(this.#pieces[this.#bestEdges[end] as number] as number);
    }
    return { pieces, score };
  }
}
