import { describe, expect, it } from 'vitest';
import * as compute from '../../src/exhibits/autoencoder-vae/compute.ts';
import { mosaic } from '../../src/exhibits/autoencoder-vae/half.ts';
import { PIXELS, SIDE, TILES, VAE_REACH } from '../../src/exhibits/autoencoder-vae/size.ts';

const trained = async (steps: number): Promise<compute.LatentView> => {
  let last: compute.LatentView | null = null;
  await compute.train(steps, (view) => {
    last = view;
  });
  if (!last) throw new Error('Nothing was told.');
  return last;
};

describe('autoencoder-vae', () => {
  it('both learn to draw again what they have not seen, and the VAE keeps its codes near the middle', async () => {
    const first = await compute.open(1, 'few', 1);
    const view = await trained(160);
    for (const which of ['ae', 'vae'] as const)
      expect(view[which].reconstruction).toBeLessThan(0.5 * first[which].reconstruction);
    expect(view.kl[0] + view.kl[1]).toBeGreaterThan(1);
    expect(view.ae.reach).toBeGreaterThan(VAE_REACH);
    const near = view.vae.codes.filter((value) => Math.abs(value) < VAE_REACH).length;
    expect(near / view.vae.codes.length).toBeGreaterThan(0.95);
    // Real digits are more like real digits than made ones are.
    expect(view.usual).toBeLessThan(view.vae.strangeness);
    compute.close();
  });

  it('a tile of the map is the picture of its code', async () => {
    const view = await compute.open(2, 'all', 1);
    const codes = compute.tiles(VAE_REACH);
    expect(codes).toHaveLength(2 * TILES * TILES);
    // The first one is at the top left.
    expect(codes[0]).toBeLessThan(0);
    expect(codes[1]).toBeGreaterThan(0);
    const picture = await compute.decode('vae', codes[10] as number, codes[11] as number);
    const tile = view.vae.map.subarray(5 * PIXELS, 6 * PIXELS);
    expect(Math.max(...picture.map((ink, i) => Math.abs(ink - (tile[i] ?? 0))))).toBeLessThan(1e-5);
    compute.close();
  });

  it('collapses when the KL weighs too much', async () => {
    await compute.open(1, 'few', 32);
    const view = await trained(200);
    expect(Math.max(...view.kl)).toBeLessThan(0.05);
    compute.close();
  });

  it('a mosaic puts pictures side by side', () => {
    const two = Float32Array.from({ length: 2 * PIXELS }, (_, i) => (i < PIXELS ? 0 : 1));
    const row = mosaic(two, 2).subarray(0, 2 * SIDE);
    expect([...row]).toEqual([...new Array<number>(SIDE).fill(0), ...new Array<number>(SIDE).fill(1)]);
  });
});
