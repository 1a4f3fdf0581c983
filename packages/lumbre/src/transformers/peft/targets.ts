import { Linear, type Module, QuantizedLinear } from '../../nn/index.ts';
import type { LoraConfig } from './loraConfig.ts';
import { PeftError } from './peftError.ts';

/** A linear layer that can get an adapter. */
export type BaseLayer = Linear | QuantizedLinear;

export const isBaseLayer = (module: unknown): module is BaseLayer =>
  module instanceof Linear || module instanceof QuantizedLinear;

/** The layers that get an adapter unless it is said which, as PEFT has them. */
const usual: Readonly<Record<string, readonly string[]>> = {
  bert: ['query', 'value'],
  camembert: ['query', 'value'],
  distilbert: ['q_lin', 'v_lin'],
  gpt2: ['c_attn'],
  gpt_neo: ['q_proj', 'v_proj'],
  llama: ['q_proj', 'v_proj'],
  mistral: ['q_proj', 'v_proj'],
  qwen2: ['q_proj', 'v_proj'],
  qwen3: ['q_proj', 'v_proj'],
  roberta: ['query', 'value'],
  'xlm-roberta': ['query', 'value'],
};

/** The heads of models, which `all-linear` leaves alone. */
const heads = /^(lm_head|score|classifier(\..*)?|qa_outputs|cls(\..*)?|pre_classifier|vocab_.*)$/;

const MOST_PATTERN = 1000;
const MOST_REPETITIONS = 6;

/**
 * A pattern for whole paths. Files of strangers have them too: what could try a path in very many ways is refused.
 * @throws PeftError
 */
function readPattern(source: string, what: string): RegExp {
  const repetitions = source.match(/[*+]|\{\d+,\d*\}/g)?.length ?? 0;
  const nested =
    /\([^()]*([*+]|\{\d+,\d*\})[^()]*\)([*+]|\{\d+,)/.test(source) || /\([^()]*\([^()]*\)[*+]/.test(source);
  if (source.length > MOST_PATTERN || repetitions > MOST_REPETITIONS || nested) {
    throw new PeftError(
      `LoraConfig: the pattern of ${what} is not run, as it repeats what repeats, or too much: ` +
        `${JSON.stringify(source.slice(0, 200))}. Name the modules instead.`,
    );
  }
  try {
    return new RegExp(`^(?:${source})$`);
  } catch (error) {
    throw new PeftError(
      `LoraConfig: ${what} ${JSON.stringify(source.slice(0, 200))} is no pattern: ${(error as Error).message}.`,
    );
  }
}

/** Whether a path is one of those that are meant: as PEFT, which takes a text for a pattern and a list for ends of paths. */
function matcher(wanted: string | readonly string[], what: string): (path: string) => boolean {
  if (typeof wanted === 'string') {
    const pattern = readPattern(wanted, what);
    return (path) => pattern.test(path);
  }
  return (path) => wanted.some((name) => path === name || path.endsWith(`.${name}`));
}

/** The number of the layer that a path lies in. */
function layerOf(path: string, listNames: string | readonly string[] | null): number | null {
  const names = listNames === null ? null : [listNames].flat();
  for (const [, list, number] of path.matchAll(/(?:^|\.)([^.]+)\.(\d+)(?=\.)/g)) {
    if (names === null || names.includes(list as string)) return Number(number);
  }
  return null;
}

/** Whose family it is, for the usual targets and for the orientation of files. */
export const modelTypeOf = (model: Module): string | null => {
  const { config } = model as { readonly config?: { readonly modelType?: unknown } };
  return typeof config?.modelType === 'string' ? config.modelType : null;
};

/**
 * The linear layers that a configuration means, by path, in the model's order.
 * @throws PeftError when there are none, or a name means something else than a linear layer
 */
export function targetsIn(model: Module, config: LoraConfig): ReadonlyMap<string, BaseLayer> {
  const wanted = wantedBy(model, config);
  const isExcluded =
    config.excludeModules === null ? () => false : matcher(config.excludeModules, 'excludeModules');
  const isSaved = matcher(config.modulesToSave ?? [], 'modulesToSave');
  const layers = config.layersToTransform === null ? null : [config.layersToTransform].flat();
  const found = new Map<string, BaseLayer>();
  const others: string[] = [];
  const linear = new Set<string>();
  for (const [path, module] of model.namedModules()) {
    if (path === '') continue;
    if (isBaseLayer(module)) linear.add(path.replace(/^.*\./, ''));
    if (!wanted(path, module) || isExcluded(path) || isSaved(path)) continue;
    if (layers) {
      const layer = layerOf(path, config.layersPattern);
      if (layer === null || !layers.includes(layer)) continue;
    }
    if (isBaseLayer(module)) found.set(path, module);
    else others.push(`${path}, which is a ${module.constructor.name}`);
  }
  if (found.size === 0 || others.length > 0) {
    const meant = JSON.stringify(config.targetModules ?? usual[modelTypeOf(model) ?? '']);
    throw new PeftError(
      `getPeftModel: targetModules ${meant} means ${others.length > 0 ? others.slice(0, 5).join('; ') : 'no module of the model'}; adapters ` +
        `are for linear layers, and the model's are called ${[...linear].join(', ')}.`,
    );
  }
  return found;
}

function wantedBy(model: Module, { targetModules }: LoraConfig): (path: string, module: Module) => boolean {
  if (targetModules === 'all-linear') return (path, module) => isBaseLayer(module) && !heads.test(path);
  if (targetModules !== null) return matcher(targetModules, 'targetModules');
  const modelType = modelTypeOf(model);
  const names = modelType !== null && Object.hasOwn(usual, modelType) ? usual[modelType] : undefined;
  if (names) return matcher(names, 'targetModules');
  throw new PeftError(
    `getPeftModel: nobody said which layers of a ${modelType ?? model.constructor.name} get adapters usually; give ` +
      "targetModules, or 'all-linear'.",
  );
}
