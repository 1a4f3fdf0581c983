import { compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import { noGrad } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Metrics } from '../../train/index.ts';
import { evenlyInOrder } from '../support/epochs.ts';
import { MeanFigures, runStep } from '../support/figures.ts';
import type { Workshop } from '../workshop.ts';
import { disposePictures, openPictures, type PictureSet } from './pictureSet.ts';

/**
 * The means of figures over all held-out pictures of a set of data.
 * @param figuresOf those of a batch, by the pictures' numbers, int32 [batch]: it is compiled
 * @throws DataSetError when the data are not here or damaged
 */
export async function heldOutFigures(
  name: string,
  workshop: Workshop,
  batchSize: number,
  figuresOf: (heldOut: PictureSet, ids: Tensor) => Readonly<Record<string, Tensor>>,
): Promise<Metrics> {
  const data = await openPictures(name, workshop);
  const { heldOut } = data;
  const measure = compile((ids: Tensor) => figuresOf(heldOut, ids));
  const mean = new MeanFigures();
  try {
    for (const ids of evenlyInOrder(heldOut.count, batchSize)) {
      const batch = tensor(ids, { dtype: 'int32', device: workshop.device });
      mean.add(await noGrad(() => runStep(measure, batch)), ids.length);
    }
    return mean.get();
  } finally {
    measure.dispose();
    disposePictures(data);
  }
}
