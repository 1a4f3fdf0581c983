import { formatShape } from '../../graph/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import * as init from '../init.ts';
import { LayerNorm } from '../layerNorm.ts';
import { Module } from '../module.ts';
import { type DecoderLayerCall, TransformerDecoder, TransformerDecoderLayer } from './decoder.ts';
import { TransformerEncoder, TransformerEncoderLayer, type TransformerLayerOptions } from './encoder.ts';
import { generateSquareSubsequentMask } from './multiheadAttention.ts';

export interface TransformerOptions extends TransformerLayerOptions {
  /** How wide the vectors are. Default 512. */
  readonly dModel?: number;
  /** How many heads attention has. Default 8. */
  readonly nhead?: number;
  /** Default 6. */
  readonly numEncoderLayers?: number;
  /** Default 6. */
  readonly numDecoderLayers?: number;
}

export interface TransformerCall extends DecoderLayerCall {
  /** bool (true hides) or float `[time, time]`, or `[batch · nhead, time, time]`. */
  readonly srcMask?: Tensor | undefined;
  /** bool (true hides) or float `[batch, time]`: padding, that nobody looks at. */
  readonly srcKeyPaddingMask?: Tensor | undefined;
  /** Whether a step of the source sees only itself and earlier ones. Default false. */
  readonly srcIsCausal?: boolean | undefined;
}

/**
 * Encoder and decoder of "Attention is all you need" (Vaswani et al., arXiv:1706.03762), as `torch.nn.Transformer`: vectors
 * in, vectors out; embeddings, positions and the projection to words are the caller's. Weights start by Glorot's rule.
 */
export class Transformer extends Module {
  readonly dModel: number;
  readonly nhead: number;
  readonly encoder: TransformerEncoder;
  readonly decoder: TransformerDecoder;

  static readonly generateSquareSubsequentMask: typeof generateSquareSubsequentMask =
    generateSquareSubsequentMask;

  /** @throws RangeError when the heads do not divide dModel. */
  constructor({
    dModel = 512,
    nhead = 8,
    numEncoderLayers = 6,
    numDecoderLayers = 6,
    ...options
  }: TransformerOptions = {}) {
    super();
    const { layerNormEps: eps = 1e-5, bias = true, dtype, device, generator } = options;
    this.dModel = dModel;
    this.nhead = nhead;
    const norm = () => new LayerNorm(dModel, { eps, bias, dtype, device });
    this.encoder = new TransformerEncoder(
      () => new TransformerEncoderLayer(dModel, nhead, options),
      numEncoderLayers,
      { norm: norm() },
    );
    this.decoder = new TransformerDecoder(
      () => new TransformerDecoderLayer(dModel, nhead, options),
      numDecoderLayers,
      { norm: norm() },
    );
    for (const weight of this.parameters()) {
      if (weight.ndim > 1) init.xavierUniform(weight, { ...(generator && { generator }) });
    }
  }

  /**
   * @param src `[time, batch, dModel]` (`[batch, time, dModel]` if batchFirst) or `[time, dModel]`
   * @param tgt the same, with a time of its own
   * @returns the shape of `tgt`
   * @throws RangeError when shapes do not fit.
   */
  forward(src: Tensor, tgt: Tensor, call: TransformerCall = {}): Tensor {
    if (src.shape.at(-1) !== this.dModel || tgt.shape.at(-1) !== this.dModel) {
      throw new RangeError(
        `Transformer: expected src and tgt [.., ${this.dModel}], got ${formatShape(src.shape)} and ` +
          `${formatShape(tgt.shape)}.`,
      );
    }
    const { srcMask, srcKeyPaddingMask, srcIsCausal, ...rest } = call;
    const memory = this.encoder.forward(src, { srcMask, srcKeyPaddingMask, isCausal: srcIsCausal });
    return this.decoder.forward(tgt, memory, rest);
  }
}
