import { makeBreather } from '../../platform/breathe.ts';
import { Drawing, uniform } from './drawing.ts';
import { logSoftmaxInPlace } from './processors/probabilities.ts';
import { topIndices } from './processors/selection.ts';
import type { Writing } from './sampling.ts';

/** Stands for -∞ where sums must stay finite; scores that differ by less than 64 are the same after it is added. */
const HOPELESS = -1e9;

/** A text that beam search carries on, or has finished. */
interface Beam {
  readonly ids: Int32Array;
  /** Which row each new token was chosen in. */
  readonly path: readonly number[];
  /** The sum of the logarithms of its probabilities; of a finished one, divided by a power of its length. */
  readonly score: number;
  readonly finished: boolean;
}

export interface BeamSettings {
  readonly numBeams: number;
  readonly numReturnSequences: number;
  readonly lengthPenalty: number;
  readonly earlyStopping: boolean | 'never';
  readonly maxLength: number;
}

export interface BeamResult {
  /** `numReturnSequences` for each prompt, the best first. */
  readonly beams: readonly Beam[];
  readonly logits: readonly (readonly Float32Array[])[];
  readonly scores: readonly (readonly Float32Array[])[];
}

/** The beams of one prompt. */
interface Group {
  running: readonly Beam[];
  /** As many as there are beams; those that are nothing yet are hopeless. */
  finished: readonly Beam[];
  /** Whether a running text may still become better than the worst finished one. */
  improvable: boolean;
  /** Whether all that could be carried on is at its end. */
  stuck: boolean;
}

/** One more token for a beam. */
interface Continuation extends Beam {
  /** Which beam of the group it continues. */
  readonly parent: number;
  readonly token: number;
}

const f32 = Math.fround;

/** The best of several, the first of equals before the others; as `torch.topk` over scores in float32. */
function best<T>(items: readonly T[], count: number, scoreOf: (item: T) => number): T[] {
  const order = topIndices(Float32Array.from(items, scoreOf), count);
  return Array.from(order, (i) => items[i] as T);
}

/**
 * Carries several texts of each prompt on side by side and keeps the likeliest, as transformers does since version 4.50
 * (`_beam_search`), sums in float32 included. With `doSample`, continuations are drawn.
 */
export async function searchBeams(writing: Writing, settings: BeamSettings): Promise<BeamResult> {
  const { decoder, texts, signal } = writing;
  const { numBeams } = settings;
  const promptLength = (texts[0] as Int32Array).length;
  const breathe = makeBreather();
  const search = new Search(writing, settings);
  const groups = Array.from({ length: texts.length / numBeams }, (_, i) =>
    search.begin(texts[i * numBeams] as Int32Array),
  );
  const kept = { logits: [] as Float32Array[][], scores: [] as Float32Array[][] };
  let rows = await decoder.start(writing.prompts);
  for (let length = promptLength; ; length++) {
    signal?.throwIfAborted();
    if (writing.keepLogits) kept.logits.push(rows.map((row) => row.slice()));
    const running = groups.flatMap((group) => group.running);
    for (const row of rows) logSoftmaxInPlace('generate', row);
    writing.processor.process(
      running.map((beam) => beam.ids),
      rows,
    );
    if (writing.keepScores) kept.scores.push(rows.map((row) => row.slice()));
    search.step(groups, rows, length + 1 - promptLength);
    if (!groups.some((group) => group.improvable)) break;
    if (
      settings.earlyStopping === true &&
      groups.every((group) => group.finished.every((beam) => beam.finished))
    )
      break;
    if (groups.every((group) => group.stuck)) break;
    const next = groups.flatMap((group) => group.running);
    decoder.reorder(Int32Array.from(next, (beam) => beam.path.at(-1) as number));
    await breathe();
    rows = await decoder.next(Int32Array.from(next, (beam) => beam.ids.at(-1) as number));
  }
  const count = settings.numReturnSequences;
  return { beams: groups.flatMap((group) => group.finished.slice(0, count)), ...kept };
}

class Search {
  readonly #writing: Writing;
  readonly #settings: BeamSettings;
  /** So many continuations are looked at that enough go on even if every possible end is among them. */
  readonly #considered: number;
  readonly #drawing = new Drawing();
  readonly #promptLength: number;

  constructor(writing: Writing, settings: BeamSettings) {
    this.#writing = writing;
    this.#settings = settings;
    this.#considered = Math.max(2, 1 + writing.eosTokenIds.length) * settings.numBeams;
    this.#promptLength = (writing.texts[0] as Int32Array).length;
  }

  /** All beams begin with the prompt; only the first counts, or all would go on alike. */
  begin(prompt: Int32Array): Group {
    const beams = Array.from({ length: this.#settings.numBeams }, (_, i) => ({
      ids: prompt,
      path: [],
      score: i === 0 ? 0 : HOPELESS,
      finished: false,
    }));
    return {
      running: beams,
      finished: beams.map((beam) => ({ ...beam, score: HOPELESS })),
      improvable: true,
      stuck: false,
    };
  }

  /** @param written how many tokens the texts have after this step */
  step(groups: readonly Group[], rows: readonly Float32Array[], written: number): void {
    const { numBeams } = this.#settings;
    const continued = groups.map((group, i) =>
      this.#continuations(group, rows.slice(i * numBeams, (i + 1) * numBeams), i * numBeams),
    );
    const done = this.#writing.criteria.isDone(continued.flat().map((beam) => beam.ids));
    for (const [i, group] of groups.entries()) {
      const first = i * this.#considered;
      const ended = (continued[i] as Continuation[]).map((beam, j) => ({
        ...beam,
        finished: done[first + j] === true,
      }));
      this.#advance(group, ended, written);
    }
  }

  /** The best continuations of all beams of a group, or some that are drawn. */
  #continuations({ running }: Group, rows: readonly Float32Array[], firstRow: number): Continuation[] {
    const vocabSize = (rows[0] as Float32Array).length;
    const all = new Float32Array(rows.length * vocabSize);
    for (const [i, row] of rows.entries()) {
      const before = (running[i] as Beam).score;
      const start = i * vocabSize;
      for (let token = 0; token < vocabSize; token++) all[start + token] = (row[token] as number) + before;
    }
    const count = Math.min(this.#considered, all.length);
    return Array.from(this.#choose(all, count), (place) => {
      const parent = Math.floor(place / vocabSize);
      const token = place % vocabSize;
      const { ids, path } = running[parent] as Beam;
      const longer = new Int32Array(ids.length + 1);
      longer.set(ids);
      longer[ids.length] = token;
      const score = all[place] as number;
      return { parent, token, ids: longer, path: [...path, firstRow + parent], score, finished: false };
    });
  }

  #choose(all: Float32Array, count: number): Int32Array {
    const { doSample, generator } = this.#writing;
    if (!doSample) return topIndices(all, count);
    const word = generator.hostWords();
    return this.#drawing.several(all, count, () => uniform(word));
  }

  #advance(group: Group, continued: readonly Continuation[], written: number): void {
    const { numBeams, lengthPenalty, earlyStopping } = this.#settings;
    const running = best(
      continued.map((beam) => ({ ...beam, score: f32(beam.score + (beam.finished ? HOPELESS : 0)) })),
      numBeams,
      (beam) => beam.score,
    );
    const full = group.finished.every((beam) => beam.finished) && earlyStopping === true;
    const ended = continued.map((beam, i) => {
      // What is not among the best is only there so that enough can go on.
      const counts = beam.finished && i < numBeams;
      let score = f32(beam.score / f32(written ** lengthPenalty));
      if (full) score = f32(score + HOPELESS);
      if (!group.improvable) score = f32(score + HOPELESS);
      if (!counts) score = f32(score + HOPELESS);
      return { ...beam, score, finished: counts };
    });
    group.finished = best([...group.finished, ...ended], numBeams, (beam) => beam.score);
    group.running = running.map((beam) => ({ ...beam, finished: false }));
    group.stuck = continued.every((beam) => beam.finished);
    group.improvable &&= this.#canImprove(group, written);
  }

  /** An estimate, unless `earlyStopping` is 'never': a running text's score at its present length. */
  #canImprove({ running, finished }: Group, written: number): boolean {
    const { lengthPenalty, earlyStopping, maxLength } = this.#settings;
    const longest = earlyStopping === 'never' && lengthPenalty > 0 ? maxLength - this.#promptLength : written;
    const possible = f32((running[0] as Beam).score / f32(longest ** lengthPenalty));
    const worst = Math.min(...finished.map((beam) => beam.score));
    return finished.some((beam) => possible > (beam.finished ? worst : HOPELESS));
  }
}
