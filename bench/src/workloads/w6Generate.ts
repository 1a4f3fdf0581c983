import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualSeed, noGrad, tensor } from 'lumbre';
import { GPT2LMHeadModel, streamTokens } from 'lumbre/transformers';
import { type GPTSizes, matrixWeights } from '../gpt.ts';
import { makeBits } from '../inputs.ts';
import { relativeDeviation } from '../oracle.ts';
import type { Case, Check, Session } from '../workload.ts';

/** How the next token is chosen: the likeliest, or drawn as most people do. */
export type Choice = 'greedy' | 'sample';

const choices = {
  greedy: {},
  sample: { doSample: true, temperature: 0.8, topK: 50, topP: 0.95, repetitionPenalty: 1.1, seed: 1 },
} as const satisfies Record<Choice, object>;

const small: GPTSizes = { vocabulary: 19, block: 16, layers: 2, heads: 2, width: 16 };

/** A folder with a GPT-2 of these sizes and random weights; written once, as models are downloaded once. */
async function folderWith(sizes: GPTSizes): Promise<string> {
  const { vocabulary, block, layers, heads, width } = sizes;
  const folder = join(
    tmpdir(),
    'lumbre-bench',
    `gpt2-${[vocabulary, block, layers, heads, width].join('-')}`,
  );
  if (existsSync(folder)) return folder;
  manualSeed(1);
  const settings = { vocabSize: vocabulary, nPositions: block, nLayer: layers, nHead: heads, nEmbd: width };
  const model = new GPT2LMHeadModel({ ...settings, bosTokenId: null, eosTokenId: null });
  // A folder that was left half written is none.
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  await model.savePretrained(unfinished);
  model.dispose();
  if (existsSync(folder)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, folder);
  return folder;
}

const draw = (seed: number, end: number, length: number): Int32Array => {
  const bits = makeBits(seed);
  return Int32Array.from({ length }, () => (bits() >>> 0) % end);
};

/** `decode` of W6 as people do it: a folder, `fromPretrained`, `generate`. */
class Generating implements Session {
  readonly #device: string;
  readonly #sizes: GPTSizes;
  readonly #choice: Choice;
  readonly #prompt: number;
  readonly #tokens: number;
  #model: GPT2LMHeadModel | null = null;
  #stream: ReturnType<typeof streamTokens> | null = null;
  #steps = 0;
  #turn = 0;
  readonly #written: number[] = [];

  constructor(sizes: GPTSizes, choice: Choice, prompt: number, tokens: number, device: string) {
    this.#sizes = sizes;
    this.#choice = choice;
    this.#prompt = prompt;
    this.#tokens = tokens;
    this.#device = device;
  }

  async prepare(steps: number): Promise<void> {
    await this.#stream?.return();
    this.#model ??= await GPT2LMHeadModel.fromPretrained(await folderWith(this.#sizes), {
      device: this.#device,
    });
    this.#steps = steps;
    const prompt = draw(++this.#turn, this.#sizes.vocabulary, this.#prompt);
    this.#stream = streamTokens(this.#model, prompt, {
      ...choices[this.#choice],
      maxNewTokens: this.#tokens,
      eosTokenId: null,
    });
    // The prompt is read outside of the clock, and the first token comes with it.
    await this.#stream.next();
  }

  async run(): Promise<void> {
    this.#written.length = 0;
    for (let i = 0; i < this.#steps; i++) {
      const step = await this.#stream?.next();
      this.#written.push(step?.value?.tokens[0] ?? -1);
    }
  }

  inspect(): void {
    const wrong = this.#written.find((token) => token < 0 || token >= this.#sizes.vocabulary);
    if (wrong !== undefined) throw new Error(`generate: token ${wrong} is none; the text ended too early.`);
  }

  /** The scores of a small model that writes, against all of its text at once on the js device. */
  async check(): Promise<Check> {
    const folder = await folderWith(small);
    const model = await GPT2LMHeadModel.fromPretrained(folder, { device: this.#device });
    const oracle = await GPT2LMHeadModel.fromPretrained(folder, { device: 'js' });
    const prompt = draw(2, small.vocabulary, 5);
    const out = await model.generate(prompt, {
      maxLength: small.block,
      returnDictInGenerate: true,
      outputLogits: true,
    });
    const ids = tensor(out.sequences[0] as Int32Array, { shape: [1, small.block], device: 'js' });
    const logits = noGrad(() => oracle.forward(ids));
    const from = (prompt.length - 1) * small.vocabulary;
    const expected = Array.from(await logits.data()).slice(from, -small.vocabulary);
    const steps = await Promise.all((out.logits ?? []).map((one) => one.data()));
    for (const used of [out.sequences, ...(out.logits ?? []), ids, logits, model, oracle]) used?.dispose();
    return {
      what: `logits of a GPT-2 of ${small.layers} layers, ${small.width} wide, that writes, against all at once on the js device`,
      deviation: relativeDeviation(
        steps.flatMap((one) => [...one]),
        expected,
      ),
      tolerance: 1e-3,
    };
  }

  dispose(): void {
    void this.#stream?.return();
    this.#model?.dispose();
  }
}

export function generateCase(
  name: string,
  model: GPTSizes,
  sizes: { readonly prompt: number; readonly tokens: number },
  choice: Choice = 'greedy',
): Case {
  return {
    name,
    unit: 'tokens/s',
    sizes: { ...model, ...sizes },
    operations: 2 * matrixWeights(model),
    bytes: 4 * matrixWeights(model),
    // The first token comes with the prompt.
    together: sizes.tokens - 1,
    open: (device) => new Generating(model, choice, sizes.prompt, sizes.tokens, device),
  };
}
