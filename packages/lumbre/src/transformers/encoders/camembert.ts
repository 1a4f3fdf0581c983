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

/** CamemBERT (Martin et al., CamemBERT: a Tasty French Language Model, arXiv:1911.03894): RoBERTa of French. */

const modelType = 'camembert';

/** The encoder without a head. */
export class CamembertModel extends RobertaModel {
  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RobertaOptions = {}, options: EncoderOptions = {}) {
    super({ modelType, ...config }, options);
  }
}

/** Predicts tokens from those on both sides. */
export class CamembertForMaskedLM extends RobertaForMaskedLM {
  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RobertaOptions = {}, options: LayerOptions = {}) {
    super({ modelType, ...config }, options);
  }
}

/** Puts whole texts into classes. */
export class CamembertForSequenceClassification extends RobertaForSequenceClassification {
  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RobertaOptions = {}, options: LayerOptions = {}) {
    super({ modelType, ...config }, options);
  }
}

/** Puts each token into a class. */
export class CamembertForTokenClassification extends RobertaForTokenClassification {
  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RobertaOptions = {}, options: LayerOptions = {}) {
    super({ modelType, ...config }, options);
  }
}

/** Finds where in a text the answer to a question stands. */
export class CamembertForQuestionAnswering extends RobertaForQuestionAnswering {
  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RobertaOptions = {}, options: LayerOptions = {}) {
    super({ modelType, ...config }, options);
  }
}
