import { END, joinPieces, NOTE_VOCAB_SIZE, pitchCount, stepCount } from '../../models/music/index.ts';
import { NGram } from '../../models/text/index.ts';
import { crossEntropy } from '../../nn/index.ts';
import { compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import { noGrad } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { runStep } from '../support/figures.ts';
import type { LanguageModel } from '../text/languageModelTask.ts';

/** A part of a piece as a model sees it, with what counts of it. */
interface Window {
  readonly tokens: Int32Array;
  /** How many of the tokens at the end are predicted from here. */
  readonly counted: number;
}

/** A piece in windows: every token is predicted once, but for the first window from at least half of one. */
function windowsOf(piece: Int32Array, blockSize: number): Window[] {
  const tokens = Int32Array.of(END, ...piece, END);
  const windows: Window[] = [];
  const half = Math.max(1, Math.floor(blockSize / 2));
  for (let done = 0; done < tokens.length - 1; ) {
    const start = done === 0 ? 0 : done - (blockSize - half);
    const end = Math.min(start + blockSize, tokens.length - 1);
    windows.push({ tokens: tokens.subarray(start, end + 1), counted: end - done });
    done = end;
  }
  return windows;
}

const AT_ONCE = 8;

/** The surprise of a model at pieces, all of it, in nats. */
export async function surprise(
  model: LanguageModel,
  pieces: readonly Int32Array[],
  blockSize: number,
): Promise<number> {
  const { device } = model;
  const measure = compile((x: Tensor, y: Tensor, counted: Tensor) => ({
    sum: crossEntropy(model.forward(x), y, { reduction: 'none' }).mul(counted).sum(),
  }));
  const windows = pieces.flatMap((piece) => windowsOf(piece, blockSize));
  let total = 0;
  try {
    for (let from = 0; from < windows.length; from += AT_ONCE) {
      const [x, y] = [new Int32Array(AT_ONCE * blockSize), new Int32Array(AT_ONCE * blockSize)];
      const counted = new Float32Array(AT_ONCE * blockSize);
      for (const [row, window] of windows.slice(from, from + AT_ONCE).entries()) {
        const { tokens } = window;
        const length = tokens.length - 1;
        x.set(tokens.subarray(0, length), row * blockSize);
        y.set(tokens.subarray(1), row * blockSize);
        counted.fill(1, row * blockSize + length - window.counted, row * blockSize + length);
      }
      const shape = [AT_ONCE, blockSize];
      const { sum } = await noGrad(() =>
        runStep(
          measure,
          tensor(x, { shape, device }),
          tensor(y, { shape, device }),
          tensor(counted, { shape, device }),
        ),
      );
      total += sum as number;
    }
    return total;
  } finally {
    measure.dispose();
  }
}

/** The surprise of an n-gram model of other pieces, in nats. */
export function nGramSurprise(
  learned: readonly Int32Array[],
  pieces: readonly Int32Array[],
  order: number,
): number {
  const model = NGram.fit(joinPieces(learned), { vocabSize: NOTE_VOCAB_SIZE, order, boundary: END });
  const tokens = joinPieces(pieces);
  try {
    return model.crossEntropy(tokens) * (tokens.length - 1);
  } finally {
    model.dispose();
  }
}

/** A surprise as it is told: for each step, and for each note. */
export function perStepAndNote(nats: number, pieces: readonly Int32Array[]) {
  const tokens = joinPieces(pieces);
  return { perStep: nats / stepCount(tokens), perNote: nats / pitchCount(tokens) };
}
