import type { Tensor } from '../../tensor/tensor.ts';
import { Dropout } from '../dropout.ts';
import { LayerNorm } from '../layerNorm.ts';
import { type LayerOptions, Linear } from '../linear.ts';
import { Module } from '../module.ts';
import { ModuleList } from '../moduleList.ts';
import { type ActivationName, activationOf } from './activationName.ts';
import { MultiheadAttention } from './multiheadAttention.ts';

export interface TransformerLayerOptions extends LayerOptions {
  /** How wide the hidden layer of the feed-forward part is. Default 2048. */
  readonly dimFeedforward?: number;
  /** While training: the probability with which attention weights and what each part adds are dropped. Default 0.1. */
  readonly dropout?: number;
  /** What stands in the feed-forward part. Default `relu`. */
  readonly activation?: ActivationName | ((x: Tensor) => Tensor);
  /** Added to variances by the normalizations. Default 1e-5. */
  readonly layerNormEps?: number;
  /** Whether inputs and output are `[batch, time, dModel]`, not `[time, batch, dModel]`. Default false. */
  readonly batchFirst?: boolean;
  /**
   * Whether each part normalizes what it reads (Xiong et al., arXiv:2002.04745: trains without warm-up), and not what it
   * has added to. Default false.
   */
  readonly normFirst?: boolean;
  /** Whether projections and normalizations have biases. Default true. */
  readonly bias?: boolean;
}

export interface EncoderLayerCall {
  /** bool (true hides) or float `[time, time]`, or `[batch · nhead, time, time]`. */
  readonly srcMask?: Tensor | undefined;
  /** bool (true hides) or float `[batch, time]`: padding, that nobody looks at. */
  readonly srcKeyPaddingMask?: Tensor | undefined;
  /** Whether a step sees only itself and earlier ones. Default false. */
  readonly isCausal?: boolean | undefined;
}

/** Self-attention, then a feed-forward network, each added to what it read (Vaswani et al., arXiv:1706.03762). */
export class TransformerEncoderLayer extends Module {
  readonly normFirst: boolean;
  readonly activation: (x: Tensor) => Tensor;
  readonly self_attn: MultiheadAttention;
  readonly linear1: Linear;
  readonly dropout: Dropout;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly dropout1: Dropout;
  readonly dropout2: Dropout;

  /** @throws RangeError when the heads do not divide dModel. */
  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super();
    const { dimFeedforward = 2048, dropout = 0.1, activation = 'relu', layerNormEps = 1e-5 } = options;
    const { batchFirst = false, normFirst = false, bias = true, dtype, device, generator } = options;
    const layer = { dtype, device, generator };
    this.normFirst = normFirst;
    this.activation = activationOf('TransformerEncoderLayer', activation);
    this.self_attn = new MultiheadAttention(dModel, nhead, { dropout, bias, batchFirst, ...layer });
    this.linear1 = new Linear(dModel, dimFeedforward, { bias, ...layer });
    this.dropout = new Dropout(dropout, layer);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias, ...layer });
    const norm = { eps: layerNormEps, bias, dtype, device };
    this.norm1 = new LayerNorm(dModel, norm);
    this.norm2 = new LayerNorm(dModel, norm);
    this.dropout1 = new Dropout(dropout, layer);
    this.dropout2 = new Dropout(dropout, layer);
  }

  /** `[time, batch, dModel]` (`[batch, time, dModel]` if batchFirst) or `[time, dModel]` to the same shape. */
  forward(src: Tensor, call: EncoderLayerCall = {}): Tensor {
    if (this.normFirst) {
      const x = src.add(this.#attend(this.norm1.forward(src), call));
      return x.add(this.#feedForward(this.norm2.forward(x)));
    }
    const x = this.norm1.forward(src.add(this.#attend(src, call)));
    return this.norm2.forward(x.add(this.#feedForward(x)));
  }

  #attend(x: Tensor, { srcMask, srcKeyPaddingMask, isCausal }: EncoderLayerCall): Tensor {
    const masks = { attnMask: srcMask, keyPaddingMask: srcKeyPaddingMask, isCausal };
    const [mixed] = this.self_attn.forward(x, x, x, { ...masks, needWeights: false });
    return this.dropout1.forward(mixed);
  }

  #feedForward(x: Tensor): Tensor {
    const hidden = this.dropout.forward(this.activation(this.linear1.forward(x)));
    return this.dropout2.forward(this.linear2.forward(hidden));
  }
}

export interface TransformerStackOptions {
  /** What stands behind the last layer, such as a LayerNorm. It is a child of this module. */
  readonly norm?: LayerNorm | null;
}

/** Encoder layers, one upon the other. */
export class TransformerEncoder extends Module {
  readonly layers: ModuleList<TransformerEncoderLayer>;
  readonly norm: LayerNorm | null;

  /**
   * @param makeLayer makes a layer. PyTorch copies one, so that all start with the same values; here each has its own.
   */
  constructor(
    makeLayer: (position: number) => TransformerEncoderLayer,
    numLayers: number,
    { norm = null }: TransformerStackOptions = {},
  ) {
    super();
    this.layers = new ModuleList(Array.from({ length: numLayers }, (_, i) => makeLayer(i)));
    this.norm = norm;
  }

  /** As `TransformerEncoderLayer.forward`. */
  forward(src: Tensor, call: EncoderLayerCall = {}): Tensor {
    let x = src;
    for (const layer of this.layers) x = layer.forward(x, call);
    return this.norm ? this.norm.forward(x) : x;
  }
}
