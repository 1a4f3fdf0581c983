import { type HubOptions, openRepository, type Repository } from '../../hub/index.ts';
import { type AutoClass, AutoModelForCausalLM, AutoModelForSequenceClassification } from '../auto/index.ts';
import type { CausalModel } from '../causal/index.ts';
import type { SequenceClassifier } from '../encoders/index.ts';
import type { FromPretrainedOptions } from '../loading/fromPretrained.ts';
import type { PreTrainedModel } from '../preTrainedModel.ts';
import { LoraConfig } from './loraConfig.ts';
import { PeftError } from './peftError.ts';
import { PeftModel } from './peftModel.ts';

type Forward = { forward(...args: never[]): unknown };

export interface AutoPeftOptions extends FromPretrainedOptions {
  /** Whether the adapter shall learn on. */
  readonly isTrainable?: boolean;
}

/** Opens an adapter with the model that it names. */
export interface AutoPeftClass<Model extends PreTrainedModel & Forward> {
  /**
   * @param source a folder, or a name on the hub, with `adapter_config.json`
   * @throws PeftError when it names no model or does not fit; as the model's own `fromPretrained`
   */
  fromPretrained(source: string | Repository, options?: AutoPeftOptions): Promise<PeftModel<Model>>;
}

function autoPeft<Model extends PreTrainedModel & Forward>(auto: AutoClass<Model>): AutoPeftClass<Model> {
  return {
    async fromPretrained(source, { isTrainable = false, ...options } = {}) {
      const adapter = await openRepository(source, options);
      const { baseModelNameOrPath, revision } = await LoraConfig.fromPretrained(adapter);
      if (baseModelNameOrPath === null) {
        throw new PeftError(
          `AutoPeftModel: the adapter of ${adapter.name} does not say which model it is for; load that and call ` +
            'PeftModel.fromPretrained(model, adapter).',
        );
      }
      // A revision that was asked for is the adapter's: the model's is what the adapter says.
      const { revision: _, ...rest } = options;
      const of: HubOptions = revision === null ? {} : { revision };
      const model = await auto.fromPretrained(baseModelNameOrPath, { ...rest, ...of });
      try {
        return await PeftModel.fromPretrained(model, adapter, { isTrainable });
      } catch (error) {
        model.dispose();
        throw error;
      }
    },
  };
}

export const AutoPeftModelForCausalLM: AutoPeftClass<CausalModel> =
  /* @__PURE__ */ autoPeft(AutoModelForCausalLM);

export const AutoPeftModelForSequenceClassification: AutoPeftClass<SequenceClassifier & Forward> =
  /* @__PURE__ */ autoPeft(AutoModelForSequenceClassification as AutoClass<SequenceClassifier & Forward>);
