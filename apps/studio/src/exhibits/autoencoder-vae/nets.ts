import type { Generator, Tensor } from 'lumbre';
import { Linear, Module } from 'lumbre/nn';
import { PIXELS } from './size.ts';

const HIDDEN = 112;

/** Two numbers to a picture, as logits: the same in both. */
class Decoder extends Module {
  readonly first: Linear;
  readonly last: Linear;

  constructor(generator: Generator) {
    super();
    this.first = new Linear(2, HIDDEN, { generator });
    this.last = new Linear(HIDDEN, PIXELS, { generator });
  }

  /** [batch, 2] to [batch, pixels]. */
  forward(z: Tensor): Tensor {
    return this.last.forward(this.first.forward(z).relu());
  }
}

/** A picture to so many numbers. */
class Encoder extends Module {
  readonly first: Linear;
  readonly last: Linear;

  constructor(outputs: number, generator: Generator) {
    super();
    this.first = new Linear(PIXELS, HIDDEN, { generator });
    this.last = new Linear(HIDDEN, outputs, { generator });
  }

  /** [batch, pixels] to [batch, outputs]. */
  forward(x: Tensor): Tensor {
    return this.last.forward(this.first.forward(x).relu());
  }
}

/** A picture becomes a point of the plane, and the point a picture again. Nothing says where the points should be. */
export class PlainAutoencoder extends Module {
  readonly encoder: Encoder;
  readonly decoder: Decoder;

  constructor(generator: Generator) {
    super();
    this.encoder = new Encoder(2, generator);
    this.decoder = new Decoder(generator);
  }

  /** [batch, pixels] to logits [batch, pixels]. */
  forward(x: Tensor): Tensor {
    return this.decoder.forward(this.encoder.forward(x));
  }
}

/** A picture becomes a cloud, the cloud a point, the point a picture; clouds are held near the middle, and wide. */
export class VariationalAutoencoder extends Module {
  readonly encoder: Encoder;
  readonly decoder: Decoder;

  constructor(generator: Generator) {
    super();
    this.encoder = new Encoder(4, generator);
    this.decoder = new Decoder(generator);
  }

  /** [batch, pixels] to the middle of each cloud and the logarithm of its variance, [batch, 2] each. */
  clouds(x: Tensor): { mean: Tensor; logVar: Tensor } {
    const [mean, logVar] = this.encoder.forward(x).split(2, 1) as [Tensor, Tensor];
    return { mean, logVar };
  }

  /** Through the middles of the clouds. */
  forward(x: Tensor): Tensor {
    return this.decoder.forward(this.clouds(x).mean);
  }
}
