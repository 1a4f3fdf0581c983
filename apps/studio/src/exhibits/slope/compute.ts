import { tensor } from 'lumbre';
import type { Faces } from '../../faces/faces.ts';
import { facesOf, startRecording } from '../../faces/record.ts';
import { interpret } from '../support/expression.ts';
import { type Operand, tensorAlgebra } from '../support/tensorAlgebra.ts';
import { readCurve } from './curves.ts';

/** The four faces of the point: its gradient is the slope of the tangent, found by the engine. */
export async function pointFaces(text: string, at: number): Promise<Faces> {
  startRecording();
  const x = tensor(at, { requiresGrad: true });
  const y = interpret<Operand>(
    readCurve(text),
    { x },
    tensorAlgebra((value) => tensor(value)),
  );
  // A formula without an x has no slope to speak of.
  const faces = await facesOf(x, 0, {
    name: 'x',
    ...(typeof y === 'number' ? {} : { loss: y, lossName: 'f' }),
  });
  x.dispose();
  return faces;
}
