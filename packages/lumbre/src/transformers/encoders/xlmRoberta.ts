import type { LayerOptions } from '../../nn/index.ts';
import type { EncoderOptions } from './bert.ts';
import type { RobertaOptions } from './encoderConfig.ts';
import { RobertaModel } from './roberta.ts';
import {
  RobertaForMaskedLM,
  RobertaForQuestionAnswering,
  RobertaForSequenceClassification,
  RobertaForTokenClassification,
} from './robertaHeads.ts';

/** XLM-RoBERTa (Conneau et al., Unsupervised Cross-lingual Representation Learning at Scale, arXiv:1911.02116): RoBERTa of a
 * hundred languages. */

const modelType = 'xlm-roberta';

/** The encoder without a head. */
export class XLMRobertaModel extends RobertaModel {
  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RobertaOptions = {}, options: EncoderOptions = {}) {
    super({ modelType, ...config }, options);
  }
}

/** Predicts tokens from those on both sides. */
export class XLMRobertaForMaskedLM extends RobertaForMaskedLM {
  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RobertaOptions = {}, options: LayerOptions = {}) {
    super({ modelType, ...config }, options);
  }
}

/** Puts whole texts into classes. */
export class XLMRobertaForSequenceClassification extends RobertaForSequenceClassification {
  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RobertaOptions = {}, options: LayerOptions = {}) {
    super({ modelType, ...config }, options);
  }
}

/** Puts each token into a class. */
export class XLMRobertaForTokenClassification extends RobertaForTokenClassification {
  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RobertaOptions = {}, options: LayerOptions = {}) {
    super({ modelType, ...config }, options);
  }
}

/** Finds where in a text the answer to a question stands. */
export class XLMRobertaForQuestionAnswering extends RobertaForQuestionAnswering {
  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RobertaOptions = {}, options: LayerOptions = {}) {
    super({ modelType, ...config }, options);
  }
}
