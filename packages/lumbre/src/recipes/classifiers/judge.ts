import { gridOf } from '../../data/index.ts';
import { classFigures, logLoss } from '../../metrics/index.ts';
import type { ClassifierLoss } from '../../models/classifiers/index.ts';
import type { Module } from '../../nn/index.ts';
import { compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import { noGrad } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Metrics, Sample } from '../../train/index.ts';
import type { PictureSet } from '../images/pictureSet.ts';
import { readPictures } from '../images/pictures.ts';
import { evenlyInOrder } from '../support/epochs.ts';

/** What all classifiers of pictures in [0, 1] have. */
export interface PictureClassifier extends Module {
  features(x: Tensor): Tensor;
  forward(x: Tensor): Tensor;
  loss(x: Tensor, labels: Tensor): ClassifierLoss;
}

/** What a classifier says of a set of pictures, beside what they are. */
export interface Verdicts {
  readonly classes: number;
  /** How probable each class is: [count, classes]. */
  readonly probabilities: Float32Array;
  /** The most probable class of each: [count]. */
  readonly predicted: Int32Array;
  readonly truth: Int32Array;
}

/** Looks at a set of pictures, many at a time. */
export class Judge {
  readonly #set: PictureSet;
  readonly #device: string;
  readonly #look = compile((ids: Tensor) => {
    const logits = this.#model.forward(this.#set.pictures(ids));
    return [logits.softmax(-1), logits.argmax(-1).to('int32'), this.#set.labels(ids)] as const;
  });
  readonly #model: PictureClassifier;

  constructor(model: PictureClassifier, set: PictureSet, device: string) {
    this.#model = model;
    this.#set = set;
    this.#device = device;
  }

  /** Call `eval()` on the model before. */
  async verdicts(batchSize = 250): Promise<Verdicts> {
    const probabilities: number[] = [];
    const predicted: number[] = [];
    const truth: number[] = [];
    let classes = 0;
    for (const numbers of evenlyInOrder(this.#set.count, batchSize)) {
      const ids = tensor(numbers, { dtype: 'int32', device: this.#device });
      const seen = await noGrad(() => this.#look.async(ids));
      classes = seen[0].shape[1] as number;
      for (const [i, list] of [probabilities, predicted, truth].entries()) {
        for (const value of await (seen[i] as Tensor).data()) list.push(value);
      }
      for (const used of [ids, ...seen]) used.dispose();
    }
    return {
      classes,
      probabilities: Float32Array.from(probabilities),
      predicted: Int32Array.from(predicted),
      truth: Int32Array.from(truth),
    };
  }

  /**
   * A sheet of the pictures whose right class it finds least probable: those that it gets wrong and, where these are
   * few, those that it is least sure of. Below each stands what it takes it for.
   */
  async worst(most: number, columns: number, labelNames: readonly string[]): Promise<Sample> {
    const { classes, probabilities, predicted, truth } = await this.verdicts();
    const right = (i: number) => probabilities[i * classes + (truth[i] as number)] as number;
    const ids = Int32Array.from(truth.keys())
      .sort((a, b) => right(a) - right(b) || a - b)
      .slice(0, most);
    const numbers = tensor(ids, { dtype: 'int32', device: this.#device });
    const pictures = await readPictures(noGrad(() => this.#set.pictures(numbers).realize()));
    numbers.dispose();
    const labels = Array.from(ids, (i) => {
      const label = predicted[i] as number;
      return labelNames[label] ?? `${label}`;
    });
    return { kind: 'image', picture: gridOf(pictures, { columns, labels }) };
  }

  dispose(): void {
    this.#look.dispose();
  }
}

/** Accuracy and surprise, and precision and recall of each class and on average over classes. */
export function figuresOf(
  { classes, probabilities, predicted, truth }: Verdicts,
  labelNames: readonly string[],
): Metrics {
  const figures = classFigures(truth, predicted);
  const mean = (figure: 'precision' | 'recall') =>
    figures.reduce((sum, of) => sum + of[figure], 0) / figures.length;
  const hits = truth.reduce((sum, label, i) => sum + (label === predicted[i] ? 1 : 0), 0);
  const rows = Array.from(truth, (_, i) =>
    Array.from(probabilities.subarray(i * classes, (i + 1) * classes)),
  );
  const named = (figure: 'precision' | 'recall') =>
    figures.map((of) => [`${figure} ${labelNames[of.label] ?? of.label}`, of[figure]] as const);
  return {
    accuracy: hits / truth.length,
    loss: logLoss(truth, rows),
    precision: mean('precision'),
    recall: mean('recall'),
    ...Object.fromEntries([...named('precision'), ...named('recall')]),
  };
}
