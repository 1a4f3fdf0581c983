import { tensor } from 'lumbre';
import type { Faces } from '../../faces/faces.ts';
import { facesOf, startRecording } from '../../faces/record.ts';
import type { Matrix } from './geometry.ts';

/** The four faces of a matrix's determinant, ad − bc: the product of (a, b) with (d, −c). */
export async function determinantFaces([a, b, c, d]: Matrix): Promise<Faces> {
  startRecording();
  const [first, second] = [tensor([a, b], { requiresGrad: true }), tensor([d, -c])];
  const area = first.dot(second);
  const faces = await facesOf(area, 0, { name: 'det' });
  for (const used of [first, second, area]) used.dispose();
  return faces;
}
