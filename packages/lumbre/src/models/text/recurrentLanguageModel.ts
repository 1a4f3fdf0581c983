import { formatShape } from '../../graph/shape.ts';
import {
  Dropout,
  Embedding,
  GRU,
  type LayerOptions,
  Linear,
  LSTM,
  type LSTMState,
  Module,
  RNN,
} from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkIntegers, checkNumbers } from '../images/checkConfig.ts';
import type { DecoderOptions, TokenWriter } from '../tokenDecoder.ts';
import { RecurrentDecoder } from './recurrentDecoder.ts';

export type RecurrentCell = 'rnn' | 'lstm' | 'gru';

export interface RecurrentLanguageModelConfig {
  readonly vocabSize: number;
  /** Default `lstm`. */
  readonly cell?: RecurrentCell;
  readonly embeddingDim: number;
  readonly hiddenSize: number;
  /** How many layers lie one upon the other. Default 1. */
  readonly numLayers?: number;
  /** After the embedding, between layers and before the head. Default 0. */
  readonly dropout?: number;
  /**
   * Whether the last layer's weight is the embedding's (Press and Wolf, arXiv:1608.05859), which needs
   * embeddingDim = hiddenSize. Default false.
   */
  readonly tieWeights?: boolean;
}

type Config = Required<RecurrentLanguageModelConfig>;

/**
 * Fills in the defaults.
 * @throws RangeError that names the setting that is wrong.
 */
export function completeRecurrentLanguageModelConfig(config: RecurrentLanguageModelConfig): Config {
  const complete = { cell: 'lstm' as const, numLayers: 1, dropout: 0, tieWeights: false, ...config };
  const name = 'RecurrentLanguageModel';
  checkIntegers(name, complete, ['vocabSize', 'embeddingDim', 'hiddenSize', 'numLayers']);
  checkNumbers(name, complete, ['dropout'], 0, 1);
  if (!['rnn', 'lstm', 'gru'].includes(complete.cell)) {
    throw new RangeError(
      `${name}: cell must be 'rnn', 'lstm' or 'gru', not ${JSON.stringify(complete.cell)}.`,
    );
  }
  if (complete.tieWeights && complete.embeddingDim !== complete.hiddenSize) {
    throw new RangeError(
      `${name}: tieWeights needs embeddingDim ${complete.embeddingDim} and hiddenSize ${complete.hiddenSize} to be equal.`,
    );
  }
  return complete;
}

/** What a model remembers of the tokens so far: h, or h and c, each `[numLayers, batch, hiddenSize]`. */
export type RecurrentState = readonly Tensor[];

/**
 * A language model that reads one token after another and keeps what matters of them in a state (Mikolov et al., Recurrent
 * neural network based language model, Interspeech 2010; with LSTMs, Graves, arXiv:1308.0850, and Zaremba et al.,
 * arXiv:1409.2329, whose dropout it has). Module names are those of PyTorch's word language model, `encoder` and
 * `rnn`; its `decoder` is the `head` here.
 */
export class RecurrentLanguageModel extends Module implements TokenWriter {
  readonly config: Config;
  readonly drop: Dropout;
  readonly encoder: Embedding;
  readonly rnn: RNN | LSTM | GRU;
  readonly head: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RecurrentLanguageModelConfig, options: LayerOptions = {}) {
    super();
    this.config = completeRecurrentLanguageModelConfig(config);
    const { vocabSize, cell, embeddingDim, hiddenSize, numLayers, dropout, tieWeights } = this.config;
    const Layer = { rnn: RNN, lstm: LSTM, gru: GRU }[cell];
    this.drop = new Dropout(dropout, options);
    this.encoder = new Embedding(vocabSize, embeddingDim, options);
    this.rnn = new Layer(embeddingDim, hiddenSize, { ...options, numLayers, dropout, batchFirst: true });
    const weight = tieWeights ? this.encoder.weight : undefined;
    this.head = new Linear(hiddenSize, vocabSize, { ...options, weight });
  }

  get device(): string {
    return this.encoder.weight.device;
  }

  /** The shape of each part of a state. */
  stateShapes(batch: number): number[][] {
    const { numLayers, hiddenSize, cell } = this.config;
    return Array.from({ length: cell === 'lstm' ? 2 : 1 }, () => [numLayers, batch, hiddenSize]);
  }

  /**
   * For each token the scores of what comes next.
   *
   * @param ids int32 `[batch, time]`
   * @param state what came before; zeros unless given
   * @returns logits `[batch, time, vocabSize]`
   * @throws RangeError for other shapes and, once the value is computed, for an unknown id.
   */
  forward(ids: Tensor, state?: RecurrentState): Tensor {
    return this.read(ids, state)[0];
  }

  /** As `forward`, with the state after the last token. */
  read(ids: Tensor, state?: RecurrentState): [logits: Tensor, state: RecurrentState] {
    if (ids.ndim !== 2) {
      throw new RangeError(
        `RecurrentLanguageModel: expected ids [batch, time], got ${formatShape(ids.shape)}.`,
      );
    }
    const vectors = this.drop.forward(this.encoder.forward(ids));
    const [output, last] =
      this.rnn instanceof LSTM
        ? this.rnn.forward(vectors, state as LSTMState | undefined)
        : this.rnn.forward(vectors, state?.[0]);
    const after = Array.isArray(last) ? (last as readonly Tensor[]) : [last as Tensor];
    return [this.head.forward(this.drop.forward(output)), after];
  }

  decoder(options?: DecoderOptions): RecurrentDecoder {
    return new RecurrentDecoder(this, options);
  }
}
