import { noGrad, scope, type Tensor, tensor } from 'lumbre';
import { readSafetensors } from 'lumbre/hub';
import { completeGPTConfig, GPT, type GPTConfig } from 'lumbre/models';
import { CharTokenizer } from 'lumbre/text';
import { toTensors } from 'lumbre/train';
import { fetchZoo, type ZooFiles } from '../../engine/zoo.ts';
import type { Faces } from '../../faces/faces.ts';
import { facesOf, startRecording } from '../../faces/record.ts';
import type { Locale } from '../../i18n/locale.ts';

const models: Readonly<Record<Locale, string>> = { es: 'cuentos-es', en: 'stories-en' };

export interface NextLetter {
  readonly letter: string;
  readonly probability: number;
}

let writer: { model: GPT; tokenizer: CharTokenizer } | null = null;

/** Opens the package's model that tells stories in a language; `files` instead of fetching them, in tests. */
export async function open(locale: Locale, files?: ZooFiles): Promise<void> {
  const { config, weights, json } = files ?? (await fetchZoo(models[locale]));
  const tokenizer = CharTokenizer.fromJSON(await json('tokenizer.json'));
  const model = new GPT(completeGPTConfig((config as { config: { model: GPTConfig } }).config.model));
  const { tensors } = readSafetensors(weights);
  scope(() => model.loadStateDict(toTensors(tensors)));
  model.eval();
  writer?.model.dispose();
  writer = { model, tokenizer };
}

/** What of a text the model can read. */
function readable(text: string, tokenizer: CharTokenizer): string {
  return [...text.normalize('NFC')]
    .filter((letter) => {
      try {
        return tokenizer.encode(letter).length === 1;
      } catch {
        return false;
      }
    })
    .join('');
}

/** The probability of every letter after a text, most probable first. */
export async function next(text: string): Promise<NextLetter[]> {
  if (!writer) throw new Error('open(locale) comes first.');
  const { model, tokenizer } = writer;
  // A story begins after the end of another.
  const ids = [...tokenizer.encode('\n'), ...tokenizer.encode(readable(text, tokenizer))].slice(
    -model.config.blockSize,
  );
  const input = tensor(ids, { shape: [1, ids.length], dtype: 'int32' });
  const probabilities = noGrad(() =>
    model
      .forward(input)
      .select(1, ids.length - 1)
      .softmax(-1),
  );
  const values = await probabilities.data();
  input.dispose();
  probabilities.dispose();
  return Array.from(values, (probability, id) => ({ letter: tokenizer.decode([id]), probability })).sort(
    (a, b) => b.probability - a.probability,
  );
}

export type Measure = 'entropy' | 'cross' | 'pq' | 'qp';

function measureOf(which: Measure, p: Tensor, q: Tensor): Tensor {
  switch (which) {
    case 'entropy':
      return p.mul(p.log()).sum().neg();
    case 'cross':
      return p.mul(q.log()).sum().neg();
    case 'pq':
      return p.mul(p.div(q).log()).sum();
    case 'qp':
      return q.mul(q.div(p).log()).sum();
  }
}

/** One of the measures, computed by the engine; what has no probability is left out, as its share of the sum is 0. */
export async function measure(which: Measure, p: readonly number[], q: readonly number[]): Promise<number> {
  const [tensors, result] = pair(which, p, q);
  const value = await result.item();
  for (const used of [...tensors, result]) used.dispose();
  return value;
}

function pair(which: Measure, p: readonly number[], q: readonly number[]): [Tensor[], Tensor] {
  const weights = which === 'qp' ? q : p;
  const kept = weights.map((_, i) => i).filter((i) => (weights[i] as number) > 0);
  const [left, right] = [p, q].map((values) =>
    tensor(
      kept.map((i) => values[i] as number),
      { requiresGrad: true },
    ),
  ) as [Tensor, Tensor];
  return [[left, right], measureOf(which, left, right)];
}

/** The four faces of a measure. */
export async function faces(
  which: Measure,
  name: string,
  p: readonly number[],
  q: readonly number[],
): Promise<Faces> {
  startRecording();
  const [tensors, result] = pair(which, p, q);
  const found = await facesOf(result, 0, { name });
  for (const used of [...tensors, result]) used.dispose();
  return found;
}

export function close(): void {
  writer?.model.dispose();
  writer = null;
}
