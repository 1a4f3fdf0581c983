import {
  memoryRepository,
  type Repository,
  type StoredArray,
  writeSafetensors,
} from '../../src/hub/index.ts';
import { type Tensor, tensor } from '../../src/index.ts';
import { GPT2LMHeadModel, LlamaForCausalLM } from '../../src/transformers/causal/index.ts';
import { BertForSequenceClassification } from '../../src/transformers/encoders/index.ts';
import type { FromPretrainedOptions } from '../../src/transformers/loading/fromPretrained.ts';
import type { LoraOptions } from '../../src/transformers/peft/index.ts';
import type { PreTrainedModel } from '../../src/transformers/preTrainedModel.ts';
import { weight } from '../fixtures/transformers/causalWeights.ts';
import fixture from '../fixtures/transformers/lora.json' with { type: 'json' };

export interface LoraCase {
  readonly class: string;
  readonly config: object;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** What adapters begin with, by PEFT's names: the rest are zeros. */
  readonly begun: Readonly<Record<string, readonly number[]>>;
  readonly losses: readonly number[];
  readonly adapterConfig: object;
  readonly adapter: string;
  readonly trainable: number;
  readonly all: number;
  readonly logits: readonly number[];
  readonly merged: readonly number[];
}

export const loraCases = Object.entries(fixture.cases as unknown as Readonly<Record<string, LoraCase>>);

export const loraCase = (name: string): LoraCase => {
  const found = loraCases.find(([other]) => other === name);
  if (!found) throw new Error(`there is no case ${name}`);
  return found[1];
};

const classes = { GPT2LMHeadModel, LlamaForCausalLM, BertForSequenceClassification };

/** int32, as in the fixture. */
export const loraIds = (name: 'ids' | 'labels' | 'classes'): Tensor => {
  const rows = fixture[name];
  const shape = name === 'classes' ? [2] : [2, (rows[0] as number[]).length];
  return tensor(Int32Array.from(rows.flat()), { shape });
};

export type AnyModel = PreTrainedModel & {
  forward(ids: Tensor, context?: object): Tensor | { readonly logits: Tensor };
};

/** The model that Python put the adapter on. */
export function loadBase(given: LoraCase, options: FromPretrainedOptions = {}): Promise<AnyModel> {
  const weights = Object.entries(given.shapes).map(([name, shape]): [string, StoredArray] => [
    name,
    { dtype: 'float32', shape, data: weight(name, shape) },
  ]);
  const repository = memoryRepository([
    ['config.json', JSON.stringify(given.config)],
    ['model.safetensors', writeSafetensors(weights, { format: 'pt' })],
  ]);
  const Class = classes[given.class as keyof typeof classes] as unknown as typeof GPT2LMHeadModel;
  return Class.fromPretrained(repository, options) as unknown as Promise<AnyModel>;
}

/** What Python's `save_pretrained` wrote. */
export const adapterBytes = ({ adapter }: LoraCase): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(adapter), (character) => character.charCodeAt(0));

export const adapterRepository = (given: LoraCase): Repository =>
  memoryRepository([
    ['adapter_config.json', JSON.stringify(given.adapterConfig)],
    ['adapter_model.safetensors', adapterBytes(given)],
  ]);

const camelCase = (name: string): string =>
  name.replace(/_[a-z]/g, (pair) => (pair[1] as string).toUpperCase());

/** The settings of the case with the names that they have here. */
export const optionsOf = ({ settings }: LoraCase): LoraOptions =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [camelCase(name), value]));

export const logitsOf = (model: AnyModel): Promise<ArrayLike<number>> => {
  const output = model.forward(loraIds('ids'));
  return ('logits' in output ? output.logits : output).data() as Promise<ArrayLike<number>>;
};

export const greatestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length
    ? Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0)
    : Number.POSITIVE_INFINITY;
