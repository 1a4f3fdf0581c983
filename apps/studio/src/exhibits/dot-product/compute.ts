import { tensor } from 'lumbre';
import type { Faces } from '../../faces/faces.ts';
import { facesOf, startRecording } from '../../faces/record.ts';
import type { Vector } from './vectors.ts';

/** The four faces of the dot product of two vectors, or of their cosine. */
export async function faces(which: 'dot' | 'cosine', first: Vector, second: Vector): Promise<Faces> {
  startRecording();
  const [a, b] = [first, second].map((values) => tensor([...values], { requiresGrad: true }));
  if (!a || !b) throw new Error('There are two vectors.');
  const dot = a.dot(b);
  const lengths = a.norm().mul(b.norm());
  const cosine = dot.div(lengths);
  const found = await facesOf(which === 'dot' ? dot : cosine, 0, { name: which === 'dot' ? 'a · b' : 'cos' });
  for (const used of [a, b, dot, lengths, cosine]) used.dispose();
  return found;
}
