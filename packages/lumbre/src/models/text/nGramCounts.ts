/** Level `k` of the tables: the n-grams of `k` tokens, sorted, each under the one without its last token. */
export interface NGramLevel {
  /** The last token of each. */
  readonly tokens: Int32Array;
  /** How often each counts. */
  readonly counts: Int32Array;
  /** Where the continuations of each n-gram one shorter begin, and where the last ends. */
  readonly offsets: Int32Array;
}

/** A level while it grows. */
interface Growing {
  readonly nodes: Map<number, number>;
  readonly parents: number[];
  readonly tokens: number[];
  readonly counts: number[];
}

/**
 * Counts n-grams up to a length, as Kneser and Ney want them (ICASSP 1995): the longest by how often they come; shorter
 * ones by how many different tokens come before them, or, at a beginning, before which nothing can come, as often as they do.
 */
export class NGramCounts {
  readonly order: number;
  readonly vocabSize: number;
  /** A token that texts begin with: n-grams do not reach back past it. */
  readonly boundary: number | null;
  #levels: Growing[];

  constructor(order: number, vocabSize: number, boundary: number | null = null) {
    this.order = order;
    this.vocabSize = vocabSize;
    this.boundary = boundary;
    this.#levels = this.#empty();
  }

  #empty(): Growing[] {
    return Array.from({ length: this.order }, () => ({
      nodes: new Map(),
      parents: [],
      tokens: [],
      counts: [],
    }));
  }

  /** The number of different n-grams of each length. */
  get sizes(): number[] {
    return this.#levels.map(({ tokens }) => tokens.length);
  }

  /** Counts the n-grams that end at the tokens from `from` up to `to`; those before are seen as what came before. */
  add(tokens: Int32Array, from = 0, to = tokens.length): void {
    const { order, vocabSize, boundary } = this;
    // The n-grams of 0, 1, 2, … tokens that end at the token before.
    let before: number[] = [0];
    const created: boolean[] = [];
    for (let i = Math.max(0, from - order); i < to; i++) {
      const token = tokens[i] as number;
      const now = [0];
      const counted = i >= from;
      for (const [length, parent] of before.entries()) {
        if (length === order) break;
        const level = this.#levels[length] as Growing;
        const key = parent * vocabSize + token;
        let node = level.nodes.get(key);
        created[length] = node === undefined;
        if (node === undefined) {
          // Of what was counted before, everything is there, but for what began before what is looked at here.
          if (!counted) break;
          node = level.tokens.length;
          level.nodes.set(key, node);
          level.parents.push(parent);
          level.tokens.push(token);
          level.counts.push(0);
        }
        now.push(node);
      }
      if (counted) {
        for (let length = 1; length < now.length; length++) {
          const longest = length === order || length === now.length - 1;
          if (longest || created[length]) {
            const { counts } = this.#levels[length - 1] as Growing;
            (counts[now[length] as number] as number)++;
          }
        }
      }
      before = token === boundary ? now.slice(0, 2) : now;
    }
  }

  /** The counts, sorted. */
  tables(): NGramLevel[] {
    // Where the nodes of the level above have come to stand.
    let moved: ArrayLike<number> = [0];
    let above = 1;
    return this.#levels.map(({ parents, tokens, counts }) => {
      const keys = Float64Array.from(
        parents,
        (parent, node) => (moved[parent] as number) * this.vocabSize + (tokens[node] as number),
      );
      const order = Uint32Array.from(keys.keys()).sort((a, b) => (keys[a] as number) - (keys[b] as number));
      const offsets = new Int32Array(above + 1);
      for (const parent of parents) (offsets[(moved[parent] as number) + 1] as number)++;
      for (let i = 0; i < above; i++) (offsets[i + 1] as number) += offsets[i] as number;
      const places = new Int32Array(order.length);
      order.forEach((node, place) => {
        places[node] = place;
      });
      [moved, above] = [places, order.length];
      const pick = (values: readonly number[]) => Int32Array.from(order, (node) => values[node] as number);
      return { tokens: pick(tokens), counts: pick(counts), offsets };
    });
  }

  /** Goes on from counts that were sorted. */
  setTables(tables: readonly NGramLevel[]): void {
    this.#levels = this.#empty();
    for (const [i, { tokens, counts, offsets }] of tables.entries()) {
      const level = this.#levels[i] as Growing;
      for (let parent = 0; parent + 1 < offsets.length; parent++) {
        for (let node = offsets[parent] as number; node < (offsets[parent + 1] as number); node++) {
          level.nodes.set(parent * this.vocabSize + (tokens[node] as number), node);
          level.parents.push(parent);
          level.tokens.push(tokens[node] as number);
          level.counts.push(counts[node] as number);
        }
      }
    }
  }
}
