import { Embedding, Linear, type Module } from '../../nn/index.ts';
import { getDevice } from '../../runtime/devices.ts';
import { MetaDevice } from '../../runtime/meta/device.ts';
import { zerosLike } from '../../tensor/creation.ts';
import type { Generator } from '../../tensor/generator.ts';
import { normal } from '../../tensor/random.ts';
import { noGrad, scope } from '../../tensor/scope.ts';

/**
 * First weights as transformers draws them: those of linear layers and embeddings normal, biases zero; scales of norms
 * stay 1. Weights with two names are drawn once.
 * @param stdOf another standard deviation for some
 */
export function initializeNormal(
  module: Module,
  std: number,
  generator: Generator | undefined,
  stdOf: (name: string) => number = () => std,
): void {
  const done = new Set<unknown>();
  scope(() =>
    noGrad(() => {
      for (const [path, layer] of module.namedModules()) {
        if (!(layer instanceof Linear || layer instanceof Embedding)) continue;
        const { weight } = layer;
        if (done.has(weight)) continue;
        done.add(weight);
        const { shape, dtype, device } = weight;
        // There are shapes only, and nothing to draw.
        if (getDevice(device) instanceof MetaDevice) return;
        const name = path === '' ? 'weight' : `${path}.weight`;
        weight.assign(normal(0, stdOf(name), shape, { dtype, device, generator }).realize());
        if (layer instanceof Linear && layer.bias) layer.bias.assign(zerosLike(layer.bias).realize());
      }
    }),
  );
}
