import { randint, randn, type Tensor } from 'lumbre';
import { Linear, Module } from 'lumbre/nn';
import { AdamW } from 'lumbre/optim';
import { CHECKED_LEARNING_RATE, openTraining, type Recipe } from '../training.ts';
import type { Case, Workload } from '../workload.ts';

interface Sizes {
  readonly inputs: number;
  readonly hidden: number;
  readonly classes: number;
  readonly batch: number;
}

class Perceptron extends Module {
  readonly layers: readonly Linear[];

  constructor({ inputs, hidden, classes }: Sizes, device: string) {
    super();
    const widths = [inputs, hidden, hidden, classes];
    this.layers = widths.slice(1).map((width, i) => new Linear(widths[i] as number, width, { device }));
  }

  forward(x: Tensor): Tensor {
    return this.layers.reduce((h, layer, i) => layer.forward(i === 0 ? h : h.relu()), x);
  }
}

function perceptronRecipe(sizes: Sizes, lr: number, device: string): Recipe {
  const { inputs, classes, batch } = sizes;
  const model = new Perceptron(sizes, device);
  // Without decay, AdamW is Adam.
  const optimizer = new AdamW(model.parameters(), { lr, weightDecay: 0 });
  return {
    batch: () => [randn([batch, inputs], { device }), randint(0, classes, [batch], { device })],
    step: (...[x, y]) => {
      const loss = model.forward(x as Tensor).crossEntropy(y as Tensor);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss.reshape([1]);
    },
    dispose: () => {
      optimizer.dispose();
      model.dispose();
    },
  };
}

const small: Sizes = { inputs: 20, hidden: 16, classes: 10, batch: 8 };

export function perceptronCase(name: string, sizes: Sizes): Case {
  const { inputs, hidden, classes, batch } = sizes;
  const weights = inputs * hidden + hidden * hidden + hidden * classes;
  return {
    name,
    unit: 'ms',
    sizes: { ...sizes },
    // Each weight twice a row in the forward pass, four times in the backward pass, but for the inputs' gradient.
    operations: batch * (6 * weights - 2 * inputs * hidden),
    // Weights and Adam's two means are read and written.
    bytes: 4 * (6 * weights + batch * inputs),
    together: 4,
    open: (device) =>
      openTraining(device, (on) => perceptronRecipe(sizes, 1e-3, on), {
        what: `an MLP ${small.inputs}-${small.hidden}-${small.hidden}-${small.classes}, batch ${small.batch}`,
        recipe: (on) => perceptronRecipe(small, CHECKED_LEARNING_RATE, on),
      }),
  };
}

export const w3: Workload = {
  name: 'W3',
  title: 'training steps of an MLP, cross-entropy, Adam',
  cases: [perceptronCase('mlp', { inputs: 784, hidden: 512, classes: 10, batch: 128 })],
};
