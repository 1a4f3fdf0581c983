import { type Generator, type Tensor, uniform } from 'lumbre';
import { AdversarialModel } from 'lumbre/models';
import { type LayerOptions, Linear, Module } from 'lumbre/nn';

const WIDTH = 48;

/** Three layers with leaky ReLUs between them. */
class Net extends Module {
  readonly latentDim = 2;
  readonly first: Linear;
  readonly second: Linear;
  readonly last: Linear;

  constructor(outputs: number, options: LayerOptions) {
    super();
    this.first = new Linear(2, WIDTH, options);
    this.second = new Linear(WIDTH, WIDTH, options);
    this.last = new Linear(WIDTH, outputs, options);
  }

  forward(x: Tensor): Tensor {
    return this.last.forward(this.second.forward(this.first.forward(x).leakyRelu(0.2)).leakyRelu(0.2));
  }
}

/** [batch, 2] to a score [batch], high for what looks real. */
class Judge extends Net {
  override forward(x: Tensor): Tensor {
    return super.forward(x).reshape(-1);
  }
}

/** The same networks and steps as for pictures, on points of the plane: so all of it can be seen. */
export class PointGan extends AdversarialModel {
  readonly config = { latentDim: 2 };
  readonly generator: Net;
  readonly discriminator: Judge;
  readonly averageGenerator = null;

  constructor(generator: Generator) {
    super();
    this.generator = new Net(2, { generator });
    this.discriminator = new Judge(1, { generator });
  }

  /** Noise from the square, whose grid can be drawn. */
  override drawNoise(count: number, generator?: Generator): Tensor {
    return uniform(-1, 1, [count, 2], { generator });
  }
}
