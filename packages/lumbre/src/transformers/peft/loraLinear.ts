import { Dropout, type LayerOptions, Linear, Module, QuantizedLinear } from '../../nn/index.ts';
import { zerosLike } from '../../tensor/creation.ts';
import { normal } from '../../tensor/random.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { guard } from '../../tensor/trace.ts';
import { quantizedProduct } from './quantizedProduct.ts';
import type { BaseLayer } from './targets.ts';

export interface LoraLayerOptions extends Pick<LayerOptions, 'generator'> {
  readonly r: number;
  /** What the adapter's change is multiplied by. */
  readonly scaling: number;
  readonly dropout: number;
  readonly init: boolean | 'gaussian';
}

/**
 * A linear layer that stays as it is, and a change of low rank that is learned beside it (Hu et al., arXiv:2106.09685,
 * equation 3): x · W₀ᵀ + scaling · dropout(x) · Aᵀ · Bᵀ. Names are PEFT's.
 */
export class LoraLinear extends Module {
  readonly base_layer: BaseLayer;
  readonly lora_dropout: Dropout;
  /** `[r, inFeatures]` */
  readonly lora_A: Linear;
  /** `[outFeatures, r]`; zeros at first, so that nothing is changed. */
  readonly lora_B: Linear;
  readonly scaling: number;
  #enabled = true;

  constructor(base: BaseLayer, { r, scaling, dropout, init, generator }: LoraLayerOptions) {
    super();
    const { inFeatures, outFeatures } = base;
    // Adapters are small and learn by small steps, which 16 bits would round away.
    const options: LayerOptions = {
      device: deviceOf(base),
      dtype: 'float32',
      ...(generator && { generator }),
    };
    this.base_layer = base;
    this.scaling = scaling;
    this.lora_dropout = new Dropout(dropout, generator ? { generator } : {});
    this.lora_A = new Linear(inFeatures, r, { ...options, bias: false });
    this.lora_B = new Linear(r, outFeatures, { ...options, bias: false });
    scope(() =>
      noGrad(() => {
        const { weight: a } = this.lora_A;
        if (init === 'gaussian') a.assign(normal(0, 1 / r, a.shape, options).realize());
        if (init !== false) this.lora_B.weight.assign(zerosLike(this.lora_B.weight).realize());
      }),
    );
  }

  get inFeatures(): number {
    return this.base_layer.inFeatures;
  }

  get outFeatures(): number {
    return this.base_layer.outFeatures;
  }

  /** Whether the adapter counts; see `PeftModel.disableAdapter`. */
  set enabled(enabled: boolean) {
    this.#enabled = enabled;
  }

  /** `[.., inFeatures]` to `[.., outFeatures]`. */
  forward(x: Tensor): Tensor {
    const { base_layer: base } = this;
    const plain = base instanceof QuantizedLinear ? quantizedProduct(x, base) : base.forward(x);
    if (!guard(() => this.#enabled)) return plain;
    const low = this.lora_A.forward(this.lora_dropout.forward(x));
    return plain.add(this.lora_B.forward(low).mul(this.scaling));
  }

  /** What the adapter adds to the weight, `[outFeatures, inFeatures]`. */
  delta(): Tensor {
    return this.lora_B.weight.matmul(this.lora_A.weight).mul(this.scaling);
  }

  /** The layer with the adapter added to its weight, in place. */
  merge(): Linear {
    const { base_layer: base } = this;
    if (base instanceof QuantizedLinear) {
      throw new TypeError(
        'LoraLinear.merge: the weight is kept in 8 bits, and would lose what was learned; load the model in 16 or 32 bits ' +
          'and merge the saved adapter into that.',
      );
    }
    scope(() =>
      noGrad(() => {
        const { weight } = base;
        weight.assign(weight.detach().to('float32').add(this.delta()).to(weight.dtype).realize());
      }),
    );
    return base;
  }
}

const deviceOf = (base: BaseLayer): string =>
  base instanceof QuantizedLinear ? base.values.device : base.weight.device;

/** The parameters of an adapter, and not of the layer below it. */
export const isAdapterName = (name: string): boolean => /(^|\.)lora_[AB]\.weight$/.test(name);
