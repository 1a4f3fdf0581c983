import type { Tensor } from '../../tensor/tensor.ts';
import { Dropout } from '../dropout.ts';
import { LayerNorm } from '../layerNorm.ts';
import { Linear } from '../linear.ts';
import { Module } from '../module.ts';
import { ModuleList } from '../moduleList.ts';
import { activationOf } from './activationName.ts';
import type { TransformerLayerOptions, TransformerStackOptions } from './encoder.ts';
import type { AttentionMasks } from './masks.ts';
import { MultiheadAttention } from './multiheadAttention.ts';

export interface DecoderLayerCall {
  /** bool (true hides) or float `[time, time]`, or `[batch · nhead, time, time]`. */
  readonly tgtMask?: Tensor | undefined;
  /** bool (true hides) or float `[time, memoryTime]`, or `[batch · nhead, time, memoryTime]`. */
  readonly memoryMask?: Tensor | undefined;
  /** bool (true hides) or float `[batch, time]`: padding, that nobody looks at. */
  readonly tgtKeyPaddingMask?: Tensor | undefined;
  /** The same for the memory, `[batch, memoryTime]`. */
  readonly memoryKeyPaddingMask?: Tensor | undefined;
  /** Whether a step sees only itself and earlier ones. Default false. */
  readonly tgtIsCausal?: boolean | undefined;
  /** Whether step i sees only steps 0 to i of the memory. Default false. */
  readonly memoryIsCausal?: boolean | undefined;
}

/**
 * Self-attention, attention to what an encoder made, then a feed-forward network, each added to what it read (Vaswani et
 * al., arXiv:1706.03762).
 */
export class TransformerDecoderLayer extends Module {
  readonly normFirst: boolean;
  readonly activation: (x: Tensor) => Tensor;
  readonly self_attn: MultiheadAttention;
  readonly multihead_attn: MultiheadAttention;
  readonly linear1: Linear;
  readonly dropout: Dropout;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly norm3: LayerNorm;
  readonly dropout1: Dropout;
  readonly dropout2: Dropout;
  readonly dropout3: Dropout;

  /** @throws RangeError when the heads do not divide dModel. */
  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super();
    const { dimFeedforward = 2048, dropout = 0.1, activation = 'relu', layerNormEps = 1e-5 } = options;
    const { batchFirst = false, normFirst = false, bias = true, dtype, device, generator } = options;
    const layer = { dtype, device, generator };
    this.normFirst = normFirst;
    this.activation = activationOf('TransformerDecoderLayer', activation);
    this.self_attn = new MultiheadAttention(dModel, nhead, { dropout, bias, batchFirst, ...layer });
    this.multihead_attn = new MultiheadAttention(dModel, nhead, { dropout, bias, batchFirst, ...layer });
    this.linear1 = new Linear(dModel, dimFeedforward, { bias, ...layer });
    this.dropout = new Dropout(dropout, layer);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias, ...layer });
    const norm = { eps: layerNormEps, bias, dtype, device };
    this.norm1 = new LayerNorm(dModel, norm);
    this.norm2 = new LayerNorm(dModel, norm);
    this.norm3 = new LayerNorm(dModel, norm);
    this.dropout1 = new Dropout(dropout, layer);
    this.dropout2 = new Dropout(dropout, layer);
    this.dropout3 = new Dropout(dropout, layer);
  }

  /**
   * @param tgt `[time, batch, dModel]` (`[batch, time, dModel]` if batchFirst) or `[time, dModel]`
   * @param memory what the encoder made, `[memoryTime, batch, dModel]` or as `tgt`
   * @returns the shape of `tgt`
   */
  forward(tgt: Tensor, memory: Tensor, call: DecoderLayerCall = {}): Tensor {
    const own = {
      attnMask: call.tgtMask,
      keyPaddingMask: call.tgtKeyPaddingMask,
      isCausal: call.tgtIsCausal,
    };
    const others = {
      attnMask: call.memoryMask,
      keyPaddingMask: call.memoryKeyPaddingMask,
      isCausal: call.memoryIsCausal,
    };
    const attend = (x: Tensor) => this.dropout1.forward(mix(this.self_attn, x, x, own));
    const recall = (x: Tensor) => this.dropout2.forward(mix(this.multihead_attn, x, memory, others));
    if (this.normFirst) {
      const x = tgt.add(attend(this.norm1.forward(tgt)));
      const y = x.add(recall(this.norm2.forward(x)));
      return y.add(this.#feedForward(this.norm3.forward(y)));
    }
    const x = this.norm1.forward(tgt.add(attend(tgt)));
    const y = this.norm2.forward(x.add(recall(x)));
    return this.norm3.forward(y.add(this.#feedForward(y)));
  }

  #feedForward(x: Tensor): Tensor {
    const hidden = this.dropout.forward(this.activation(this.linear1.forward(x)));
    return this.dropout3.forward(this.linear2.forward(hidden));
  }
}

const mix = (attention: MultiheadAttention, x: Tensor, from: Tensor, masks: AttentionMasks): Tensor =>
  attention.forward(x, from, from, { ...masks, needWeights: false })[0];

/** Decoder layers, one upon the other. */
export class TransformerDecoder extends Module {
  readonly layers: ModuleList<TransformerDecoderLayer>;
  readonly norm: LayerNorm | null;

  /**
   * @param makeLayer makes a layer. PyTorch copies one, so that all start with the same values; here each has its own.
   */
  constructor(
    makeLayer: (position: number) => TransformerDecoderLayer,
    numLayers: number,
    { norm = null }: TransformerStackOptions = {},
  ) {
    super();
    this.layers = new ModuleList(Array.from({ length: numLayers }, (_, i) => makeLayer(i)));
    this.norm = norm;
  }

  /** As `TransformerDecoderLayer.forward`. */
  forward(tgt: Tensor, memory: Tensor, call: DecoderLayerCall = {}): Tensor {
    let x = tgt;
    for (const layer of this.layers) x = layer.forward(x, memory, call);
    return this.norm ? this.norm.forward(x) : x;
  }
}
