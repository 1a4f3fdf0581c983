import { tensor } from 'lumbre';
import type { Faces } from '../../faces/faces.ts';
import { facesOf, startRecording } from '../../faces/record.ts';
import type { Matrix } from './geometry.ts';

startRecording();

/** The four faces of a matrix's determinant, ad − bc. */
export async function determinantFaces(matrix: Matrix): Promise<Faces> {
  const [a, b, c, d] = matrix.map((value) => tensor(value, { requiresGrad: true }));
  if (!a || !b || !c || !d) throw new Error('A matrix has four cells.');
  const [kept, crossed] = [a.mul(d), b.mul(c)];
  const area = kept.sub(crossed);
  const faces = await facesOf(area, 0, { name: 'det' });
  for (const used of [a, b, c, d, kept, crossed, area]) used.dispose();
  return faces;
}
