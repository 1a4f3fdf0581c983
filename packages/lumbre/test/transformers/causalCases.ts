import {
  memoryRepository,
  type Repository,
  type StoredArray,
  writeSafetensors,
} from '../../src/hub/index.ts';
import { type NumericArray, type Tensor, tensor } from '../../src/index.ts';
import {
  type CausalModel,
  GPT2LMHeadModel,
  GPTNeoForCausalLM,
  LlamaForCausalLM,
  MistralForCausalLM,
  Qwen2ForCausalLM,
  Qwen3ForCausalLM,
} from '../../src/transformers/causal/index.ts';
import type { FromPretrainedOptions } from '../../src/transformers/loading/fromPretrained.ts';
import type { CheckpointLayout } from '../../src/transformers/loading/layout.ts';
import fixture from '../fixtures/transformers/causal.json' with { type: 'json' };
import { weight } from '../fixtures/transformers/causalWeights.ts';

export interface CausalCase {
  readonly class: string;
  readonly config: object;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly logits: readonly number[];
  readonly padded: readonly number[];
  readonly loss: number;
  readonly gradients: Readonly<Record<string, { readonly norm: number; readonly first: readonly number[] }>>;
}

export const cases = Object.entries(fixture.cases as unknown as Readonly<Record<string, CausalCase>>);

export const caseOf = (name: string): CausalCase =>
  (cases.find(([other]) => other === name) as [string, CausalCase])[1];

export const TIME = 11;
export const PADDING = 4;
export const VOCABULARY = 37;

const classes = {
  GPT2LMHeadModel,
  GPTNeoForCausalLM,
  LlamaForCausalLM,
  MistralForCausalLM,
  Qwen2ForCausalLM,
  Qwen3ForCausalLM,
};

export const layoutOf = ({ class: name }: CausalCase): CheckpointLayout =>
  classes[name as keyof typeof classes].layout;

/** A model of the case's class, whose own type the tests do not ask for. */
export const load = (
  given: CausalCase,
  source: string | Repository = repositoryOf(given),
  options: FromPretrainedOptions = {},
): Promise<CausalModel> =>
  (classes[given.class as keyof typeof classes] as unknown as typeof LlamaForCausalLM).fromPretrained(
    source,
    options,
  );

/** int32 `[2, time]` */
export const rows = (name: 'ids' | 'labels' | 'mask' | 'positions', device?: string): Tensor =>
  tensor(Int32Array.from(fixture[name].flat()), { shape: [2, TIME], ...(device ? { device } : {}) });

/** A model's weights by the names that Python's checkpoint has. */
export const weightsOf = ({ shapes }: CausalCase): (readonly [string, StoredArray])[] =>
  Object.entries(shapes).map(([name, shape]) => [
    name,
    { dtype: 'float32', shape, data: weight(name, shape) },
  ]);

/** What Python's `save_pretrained` would write. */
export const repositoryOf = (given: CausalCase, weights = weightsOf(given)): Repository =>
  memoryRepository([
    ['config.json', JSON.stringify(given.config)],
    ['model.safetensors', writeSafetensors(weights, { format: 'pt' })],
  ]);

/** How far the values are from what was expected at most. */
export function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs((actual[i] as number) - (expected[i] as number));
    if (!(difference <= most)) most = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return most;
}

export const valuesOf = (t: Tensor): NumericArray => t.dataSync();
