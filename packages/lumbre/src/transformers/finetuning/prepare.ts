import { type HubOptions, openRepository, type Repository } from '../../hub/index.ts';
import { withMetaDevice } from '../../runtime/devices.ts';
import { MetaReadError } from '../../runtime/meta/device.ts';
import { defaultGenerator } from '../../tensor/generator.ts';
import { AutoTokenizer, type PreTrainedTokenizer } from '../../tokenizers/index.ts';
import { AutoConfig, AutoModelForCausalLM, AutoModelForSequenceClassification } from '../auto/index.ts';
import type { CausalModel } from '../causal/causalModel.ts';
import type { SequenceClassifier } from '../encoders/index.ts';
import { getPeftModel, type LoraOptions, type PeftModel } from '../peft/index.ts';
import type { PreTrainedModel } from '../preTrainedModel.ts';
import { CausalObjective } from './causalObjective.ts';
import { chatText } from './chatSpans.ts';
import { ClassifierObjective, labelledTexts, labelsOf } from './classifierObjective.ts';
import { tokenizeRecords } from './examples.ts';
import { FinetuneError } from './finetuneError.ts';
import { FinetuneTask } from './finetuneTask.ts';
import { freezeByName } from './freeze.ts';
import { enableGradientCheckpointing } from './gradientCheckpointing.ts';
import { splitHeldOut, stream } from './order.ts';
import { packExamples, rowsOf } from './packing.ts';
import type { TextRecord } from './records.ts';
import { type FinetuneOptions, type FinetuneSettings, finetuneSettings } from './settings.ts';

export interface PrepareFinetuning extends HubOptions {
  /** A model's name on the hub, a folder, or a repository. */
  readonly source: string | Repository;
  readonly records: readonly TextRecord[];
  readonly settings?: FinetuneOptions;
  readonly device: string;
  /** The most bytes that a training may take; what it would take is found out before it begins. Default: no limit. */
  readonly availableBytes?: number;
}

/** What is known of the data once they are tokens. */
export interface FinetuneFacts {
  readonly kind: 'causal' | 'classifier';
  readonly trainRows: number;
  readonly heldOutRows: number;
  /** Tokens, or texts, that are learned from in one epoch. */
  readonly learned: number;
  readonly truncated: number;
  readonly labels: readonly string[] | null;
  readonly trainable: number;
  readonly parameters: number;
  /** What a step takes at its peak; null where it was not asked for. */
  readonly bytes: number | null;
}

export interface Finetuning {
  readonly task: FinetuneTask<never>;
  readonly model: PreTrainedModel;
  readonly peft: PeftModel | null;
  readonly tokenizer: PreTrainedTokenizer;
  readonly settings: FinetuneSettings;
  readonly facts: FinetuneFacts;
}

/** Where a model comes from: a checkpoint, or for an estimate its shapes alone. */
type ModelMaker = (
  kind: 'causal' | 'classifier',
  labels: readonly string[] | null,
) => Promise<PreTrainedModel>;

/** The longest text that a model reads, as its configuration says. */
function longest(config: object): number {
  const { nPositions, maxPositionEmbeddings } = config as Readonly<Record<string, unknown>>;
  const most = nPositions ?? maxPositionEmbeddings;
  return typeof most === 'number' ? most : Number.POSITIVE_INFINITY;
}

interface Assembled extends Omit<Finetuning, 'tokenizer' | 'settings'> {}

/** Builds the task around a model. */
async function assemble(
  { records }: PrepareFinetuning,
  settings: FinetuneSettings,
  tokenizer: PreTrainedTokenizer,
  positions: number,
  make: ModelMaker,
): Promise<Assembled> {
  const { heldOut, seed, packing, lora } = settings;
  const maxLength = Math.min(settings.maxLength, positions);
  const kind = records[0]?.kind === 'label' ? 'classifier' : 'causal';
  const labels = kind === 'classifier' ? labelsOf(records) : null;
  defaultGenerator.manualSeed(stream(seed, 'weights').seed);
  // Before the model: what is wrong with the data is found in a moment.
  const split = splitHeldOut(records, heldOut, seed);
  const learn =
    kind === 'causal'
      ? tokenizeRecords(tokenizer, split.train.length > 0 ? split.train : records, maxLength)
      : null;
  const model = await make(kind, labels);
  try {
    const peft = lora
      ? getPeftModel(
          model as CausalModel,
          { taskType: kind === 'causal' ? 'CAUSAL_LM' : 'SEQ_CLS', ...lora } as LoraOptions,
        )
      : null;
    if (!peft) model.unfreeze();
    if (settings.freeze.length > 0) freezeByName(model, settings.freeze);
    if (settings.gradientCheckpointing) enableGradientCheckpointing(model);
    const { trainable, all } = peft?.countParameters() ?? countOf(model);
    const facts = { kind, labels, trainable, parameters: all, bytes: null } as const;
    if (learn) {
      const rows = packing ? (e: typeof learn.examples) => packExamples(e, maxLength) : rowsOf;
      const [only] = learn.examples;
      // A single long text has one record: its pieces are what is held out.
      const pieces = split.heldOut.length === 0 && only ? splitHeldOut(learn.examples, heldOut, seed) : null;
      const data = pieces
        ? { train: rows(pieces.train), heldOut: rows(pieces.heldOut) }
        : {
            train: rows(learn.examples),
            heldOut:
              split.heldOut.length === 0 ? [] : rows(heldOutExamples(tokenizer, split.heldOut, maxLength)),
          };
      const write = writerOf(model as CausalModel, tokenizer, records, settings);
      const objective = new CausalObjective({
        model: model as CausalModel,
        data,
        maxLength,
        packed: packing,
        write,
      });
      const learned = data.train.reduce(
        (sum, { labels: l }) => sum + l.filter((label) => label >= 0).length,
        0,
      );
      return {
        task: new FinetuneTask(objective, settings) as unknown as FinetuneTask<never>,
        model,
        peft: peft as PeftModel | null,
        facts: {
          ...facts,
          trainRows: data.train.length,
          heldOutRows: data.heldOut.length,
          learned,
          truncated: learn.truncated,
        },
      };
    }
    const texts = (of: readonly TextRecord[]) => labelledTexts(tokenizer, of, labels ?? [], maxLength);
    const data = { train: texts(split.train), heldOut: texts(split.heldOut) };
    const objective = new ClassifierObjective({
      model: model as SequenceClassifier,
      data,
      maxLength,
      padTokenId: tokenizer.padTokenId ?? 0,
    });
    return {
      task: new FinetuneTask(objective, settings) as unknown as FinetuneTask<never>,
      model,
      peft: peft as PeftModel | null,
      facts: {
        ...facts,
        trainRows: data.train.length,
        heldOutRows: data.heldOut.length,
        learned: data.train.length,
        truncated: 0,
      },
    };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Held-out records may have nothing left to learn after truncation; then there is nothing to measure. */
function heldOutExamples(tokenizer: PreTrainedTokenizer, records: readonly TextRecord[], maxLength: number) {
  try {
    return tokenizeRecords(tokenizer, records, maxLength).examples;
  } catch (error) {
    if (error instanceof FinetuneError) return [];
    throw error;
  }
}

function countOf(model: PreTrainedModel): { readonly trainable: number; readonly all: number } {
  const parameters = model.parameters();
  const sum = (of: typeof parameters) => of.reduce((total, { size }) => total + size, 0);
  return { trainable: sum(parameters.filter(({ requiresGrad }) => requiresGrad)), all: sum(parameters) };
}

/** What samples begin with, as text. */
function promptOf(
  tokenizer: PreTrainedTokenizer,
  records: readonly TextRecord[],
  { samplePrompt }: FinetuneSettings,
): string {
  const [first] = records;
  if (first?.kind === 'messages') {
    const messages =
      samplePrompt === null
        ? first.messages.slice(
            0,
            first.messages.findIndex(({ role }) => role === 'assistant'),
          )
        : [{ role: 'user', content: samplePrompt }];
    if (messages.length === 0) return chatText(tokenizer, first.messages, 'record 1').text.slice(0, 40);
    return tokenizer.applyChatTemplate(messages, { tokenize: false, addGenerationPrompt: true });
  }
  if (samplePrompt !== null) return samplePrompt;
  if (first?.kind === 'completion') return first.prompt;
  return first?.kind === 'text' ? first.text.trimStart().slice(0, 24) : '';
}

function writerOf(
  model: CausalModel,
  tokenizer: PreTrainedTokenizer,
  records: readonly TextRecord[],
  settings: FinetuneSettings,
): () => Promise<string> {
  const prompt = promptOf(tokenizer, records, settings);
  const ids = tokenizer.encode(prompt, { addSpecialTokens: records[0]?.kind !== 'messages' });
  return async () => {
    const room = model.maxPositions - 1;
    const begin = ids.length > 0 ? ids.slice(-room) : [tokenizer.bosTokenId ?? tokenizer.eosTokenId ?? 0];
    const written = await model.generate([begin], {
      maxNewTokens: Math.min(settings.sampleTokens, model.maxPositions - begin.length),
      doSample: true,
      temperature: 0.8,
      topK: 50,
      seed: stream(settings.seed, 'sample').seed,
      ...(tokenizer.eosTokenId !== null && {
        eosTokenId: tokenizer.eosTokenId,
        padTokenId: tokenizer.eosTokenId,
      }),
    });
    const tokens = (await written.data()) as Int32Array;
    written.dispose();
    return tokenizer.decode(tokens, { skipSpecialTokens: true });
  };
}

/** What of the settings could be changed so that a training fits, the mildest first. */
const reliefs: readonly {
  readonly words: string;
  readonly change: (settings: FinetuneSettings) => FinetuneSettings | null;
}[] = [
  {
    words: 'batchSize=1 with as much more gradientAccumulation',
    change: (s) =>
      s.batchSize === 1
        ? null
        : { ...s, batchSize: 1, gradientAccumulation: s.gradientAccumulation * s.batchSize },
  },
  {
    words: 'gradientCheckpointing=true',
    change: (s) => (s.gradientCheckpointing ? null : { ...s, gradientCheckpointing: true }),
  },
  {
    words: 'half of maxLength',
    change: (s) => (s.maxLength < 16 ? null : { ...s, maxLength: Math.floor(s.maxLength / 2) }),
  },
  { words: 'LoRA', change: (s) => (s.lora ? null : { ...s, lora: {} }) },
  {
    words: 'weights in 8 bits, dtype=int8',
    change: (s) => (!s.lora || s.dtype === 'int8' ? null : { ...s, dtype: 'int8' }),
  },
];

const inWords = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;

/** The bytes that a step takes at its peak: weights, gradients, the optimizer's state, activations. Nothing is computed. */
async function estimate(
  options: PrepareFinetuning,
  settings: FinetuneSettings,
  tokenizer: PreTrainedTokenizer,
  repository: Repository,
): Promise<number> {
  const config = await AutoConfig.fromPretrained(repository);
  return await withMetaDevice(async (device) => {
    const before = defaultGenerator.state();
    let eighth = 0;
    try {
      const { task, model } = await assemble(
        options,
        settings,
        tokenizer,
        longest(config),
        async (kind, labels) => {
          const own = { device: device.name };
          if (kind === 'causal') return AutoModelForCausalLM.fromConfig(config, own);
          return AutoModelForSequenceClassification.fromConfig(withLabels(config, labels), own);
        },
      );
      // Of frozen matrices in 8 or 16 bits.
      const shrunk = settings.dtype === 'int8' ? 0.75 : settings.dtype === 'float32' ? 0 : 0.5;
      for (const { ndim, size, requiresGrad } of model.parameters()) {
        if (!requiresGrad && ndim >= 2) eighth += size * 4 * shrunk;
      }
      try {
        await task.step({ step: 0, steps: task.steps, fraction: 0 });
      } catch (error) {
        if (!(error instanceof MetaReadError)) throw error;
      } finally {
        task.dispose();
      }
    } finally {
      defaultGenerator.setState(before);
    }
    return device.memory().peakBytes - eighth;
  });
}

const withLabels = <Config extends object>(config: Config, labels: readonly string[] | null): Config =>
  labels ? { ...config, id2label: labels, numLabels: labels.length } : config;

/**
 * Makes a fine-tuning ready: reads the model and its tokenizer, makes tokens of the records, puts adapters in where the
 * settings say so. Records with labels make a classifier, all others a model that writes.
 *
 *     const { task } = await prepareFinetuning({ source: 'gpt2', records, settings: { lora: { r: 8 } }, device });
 *     await new TrainingLoop(task, { steps: task.steps, evalInterval: 50 }).run();
 *
 * @throws FinetuneError when settings, data or memory do not allow it; HubError, PeftError and the model's own errors
 */
export async function prepareFinetuning(options: PrepareFinetuning): Promise<Finetuning> {
  const settings = finetuneSettings(options.settings ?? {});
  const { source, device, availableBytes } = options;
  const repository = await openRepository(source, options);
  const tokenizer = await AutoTokenizer.fromPretrained(repository);
  const config = await AutoConfig.fromPretrained(repository);
  const bytes =
    availableBytes === undefined
      ? null
      : await fits(options, settings, tokenizer, repository, availableBytes);
  const assembled = await assemble(options, settings, tokenizer, longest(config), async (kind, labels) => {
    const own = { device, dtype: settings.dtype, generator: stream(settings.seed, 'weights') };
    if (kind === 'causal') return await AutoModelForCausalLM.fromPretrained(repository, own);
    const id2label = labels ?? [];
    return await AutoModelForSequenceClassification.fromPretrained(repository, {
      ...own,
      config: { id2label, numLabels: id2label.length },
      report: () => {},
    });
  });
  return { ...assembled, tokenizer, settings, facts: { ...assembled.facts, bytes } };
}

/** @throws FinetuneError that says what would fit */
async function fits(
  options: PrepareFinetuning,
  settings: FinetuneSettings,
  tokenizer: PreTrainedTokenizer,
  repository: Repository,
  available: number,
): Promise<number> {
  const bytes = await estimate(options, settings, tokenizer, repository);
  if (bytes <= available) return bytes;
  const advice: string[] = [];
  let tried = settings;
  for (const { words, change } of reliefs) {
    const next = change(tried);
    if (!next) continue;
    tried = next;
    advice.push(words);
    const less = await estimate(options, tried, tokenizer, repository);
    if (less > available) continue;
    throw new FinetuneError(
      `A step would take ${inWords(bytes)}, and ${inWords(available)} are free. With ${advice.join(', ')} it takes ${inWords(less)}.`,
    );
  }
  throw new FinetuneError(
    `A step would take ${inWords(bytes)}, and ${inWords(available)} are free; ${advice.join(', ')} together do not help enough. ` +
      'Choose a smaller model.',
  );
}
