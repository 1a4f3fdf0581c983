import { type Generator, maxPool2d, type Tensor } from 'lumbre';
import { Conv2d, Linear, Module } from 'lumbre/nn';
import { FIRST, SECOND, SIDE } from './size.ts';

/** What the layers hold for one batch of pictures. */
export interface Activations {
  /** After the first convolution, before and after the ReLU, and after pooling. */
  readonly first: Tensor;
  readonly firstRelu: Tensor;
  readonly firstPooled: Tensor;
  readonly second: Tensor;
  readonly secondPooled: Tensor;
  readonly logits: Tensor;
}

/** Two convolutions of 3 × 3, each with a ReLU and pooling, and a last layer: small enough to be trained while one waits. */
export class KernelNet extends Module {
  readonly conv1: Conv2d;
  readonly conv2: Conv2d;
  readonly last: Linear;

  constructor(generator: Generator) {
    super();
    this.conv1 = new Conv2d(1, FIRST, 3, { padding: 1, generator });
    this.conv2 = new Conv2d(FIRST, SECOND, 3, { padding: 1, generator });
    this.last = new Linear(SECOND * (SIDE / 4) ** 2, 10, { generator });
  }

  /** [batch, 1, side, side], and what every layer makes of it. */
  activations(x: Tensor): Activations {
    const first = this.conv1.forward(x);
    const firstRelu = first.relu();
    const firstPooled = maxPool2d(firstRelu, 2);
    const second = this.conv2.forward(firstPooled).relu();
    const secondPooled = maxPool2d(second, 2);
    return {
      first,
      firstRelu,
      firstPooled,
      second,
      secondPooled,
      logits: this.last.forward(secondPooled.flatten(1)),
    };
  }

  /** [batch, 1, side, side] to logits [batch, 10]. */
  forward(x: Tensor): Tensor {
    return this.activations(x).logits;
  }
}
