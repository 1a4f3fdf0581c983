import { gunzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { makePixelFaces } from '../../src/node/index.ts';

const FACE = 16 * 16 * 3;
const COUNT = 200;

test('faces are the same ones each time, no two alike, on white, with labels that are true', async () => {
  const { images, labels } = await makePixelFaces(COUNT);
  const first = await makePixelFaces(20);
  const pixels = gunzipSync(images);
  expect(pixels.length).toBe(COUNT * FACE);
  expect(gunzipSync(first.images)).toEqual(pixels.slice(0, 20 * FACE));
  const faces = Array.from({ length: COUNT }, (_, i) => pixels.slice(i * FACE, (i + 1) * FACE));
  expect(new Set(faces.map(String)).size).toBe(COUNT);
  for (const face of faces) {
    expect([...face.slice(0, 3)]).toEqual([255, 255, 255]);
    // Something is painted, in more than a few colours.
    const colours = new Set(Array.from({ length: 256 }, (_, i) => String(face.slice(3 * i, 3 * i + 3))));
    expect(colours.size).toBeGreaterThan(5);
  }
  // The style draws glasses on one face in five and a hat on one in twenty.
  const list = JSON.parse(new TextDecoder().decode(labels)) as { g: number; s: number }[];
  const share = (key: 'g' | 's') => list.reduce((sum, face) => sum + face[key], 0) / COUNT;
  expect(share('g')).toBeGreaterThan(0.12);
  expect(share('g')).toBeLessThan(0.28);
  expect(share('s')).toBeGreaterThan(0.01);
  expect(share('s')).toBeLessThan(0.12);
});
