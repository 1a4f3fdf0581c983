import { type CompiledFunction, compile, manualSeed, noGrad, randint, type Tensor, tensor } from 'lumbre';
import type { GPT } from 'lumbre/models';
import { quantizeLinears } from 'lumbre/nn';
import { argmax, Decoder } from '../decoding.ts';
import {
  attentionOperations,
  blockWeights,
  checkedRecipe,
  type GPTRecipe,
  type GPTSizes,
  gptTraining,
  makeGPT,
  matrixWeights,
  trainingBytes,
  trainingOperations,
} from '../gpt.ts';
import { makeBits } from '../inputs.ts';
import { checksum, relativeDeviation } from '../oracle.ts';
import { openTraining } from '../training.ts';
import type { Case, Check, Session, Workload } from '../workload.ts';
import { generateCase } from './w6Generate.ts';

/** GPT-2 with 124 million weights, drawn by chance: what it writes means nothing, what it costs is the same. */
const gpt2: GPTSizes = { vocabulary: 50257, block: 1024, layers: 12, heads: 12, width: 768 };

const small: GPTSizes = { vocabulary: 19, block: 16, layers: 2, heads: 2, width: 16 };
const smallName = `a GPT of ${small.layers} layers, ${small.width} wide`;

/** What weights are kept in, and the bytes that one takes. */
const weightBytes = { float32: 4, float16: 2, int8: 1 } as const;

type Weights = keyof typeof weightBytes;

/** How far logits may be from those of float32 weights, relative to the largest: of a model 16 wide, where roundings do not average out. */
const tolerances: Readonly<Record<Weights, number>> = { float32: 1e-3, float16: 2e-2, int8: 2.5e-1 };

/** A GPT with its weights kept so; int8 takes linear layers only, and leaves the embeddings as they are. */
function makeModel(sizes: GPTSizes, weights: Weights, device: string): GPT {
  return makeGPT(sizes, true, device, weights === 'float16' ? 'float16' : 'float32');
}

const inWeights = (model: GPT, weights: Weights): GPT =>
  weights === 'int8' ? quantizeLinears(model) : model;

/** A GPT in which tokens matter: with GPT-2's small first weights, all logits of a narrow one would be near zero. */
function smallGPT(device: string, weights: Weights = 'float32'): GPT {
  manualSeed(1);
  const model = makeModel(small, weights, device);
  noGrad(() => {
    for (const value of model.parameters()) value.assign(value.mul(10).realize());
  });
  return inWeights(model, weights);
}

const makeTokens = (seed: number, end: number) => {
  const bits = makeBits(seed);
  return (length: number) => Int32Array.from({ length }, () => (bits() >>> 0) % end);
};

/** The logits after each of these tokens, from the oracle, all at once. */
async function expectedLogits(tokens: Int32Array): Promise<ArrayLike<number>> {
  const model = smallGPT('js');
  const ids = tensor(tokens, { shape: [1, tokens.length], device: 'js' });
  const logits = noGrad(() => model.forward(ids));
  const values = await logits.data();
  for (const used of [ids, logits, model]) used.dispose();
  return values;
}

interface DecodeSizes {
  readonly prompt: number;
  readonly tokens: number;
}

/** A prompt, read outside of the clock, and tokens one by one, each the likeliest after those before. */
class Decoding implements Session {
  readonly #device: string;
  readonly #model: GPT;
  readonly #decoder: Decoder;
  readonly #prompt: () => Int32Array;
  readonly #sizes: DecodeSizes;
  readonly #weights: Weights;
  #steps = 0;
  #token = 0;
  #logits: ArrayLike<number> = [];

  constructor(model: GPTSizes, sizes: DecodeSizes, weights: Weights, device: string) {
    manualSeed(1);
    this.#device = device;
    this.#weights = weights;
    this.#model = inWeights(makeModel(model, weights, device), weights);
    this.#decoder = new Decoder(this.#model, sizes.prompt + sizes.tokens);
    const draw = makeTokens(1, model.vocabulary);
    this.#prompt = () => draw(sizes.prompt);
    this.#sizes = sizes;
  }

  async prepare(steps: number): Promise<void> {
    this.#steps = steps;
    this.#token = argmax(await this.#decoder.start(this.#prompt()));
  }

  async run(): Promise<void> {
    const first = this.#sizes.prompt;
    for (let i = 0; i < this.#steps; i++) {
      this.#logits = await this.#decoder.next(this.#token, first + i);
      this.#token = argmax(this.#logits);
    }
  }

  inspect(): void {
    checksum(this.#logits, 'decode');
  }

  async check(): Promise<Check> {
    const tokens = makeTokens(2, small.vocabulary)(small.block);
    const prompt = 5;
    const model = smallGPT(this.#device, this.#weights);
    const decoder = new Decoder(model, small.block);
    const logits = [...Array.from(await decoder.start(tokens.subarray(0, prompt)))];
    for (let i = prompt; i < tokens.length; i++) {
      logits.push(...Array.from(await decoder.next(tokens[i] as number, i)));
    }
    decoder.dispose();
    model.dispose();
    const expected = Array.from(await expectedLogits(tokens)).slice((prompt - 1) * small.vocabulary);
    return {
      what: `logits of ${smallName}, token by token, against all at once on the js device`,
      deviation: relativeDeviation(logits, expected),
      tolerance: tolerances[this.#weights],
    };
  }

  dispose(): void {
    this.#decoder.dispose();
    this.#model.dispose();
  }
}

/** The logits after the last of many tokens. */
function lastLogits(model: GPT): CompiledFunction<[Tensor], Tensor> {
  return compile((ids: Tensor) => {
    const hidden = model.transformer.forward(ids);
    return model.lm_head.forward(hidden.narrow(1, (ids.shape[1] as number) - 1, 1));
  });
}

class Prefill implements Session {
  readonly #device: string;
  readonly #model: GPT;
  readonly #compute: CompiledFunction<[Tensor], Tensor>;
  readonly #time: number;
  readonly #vocabulary: number;
  #inputs: Tensor[] = [];
  #logits: ArrayLike<number> = [];

  constructor(model: GPTSizes, time: number, device: string) {
    manualSeed(1);
    this.#device = device;
    this.#model = makeGPT(model, true, device);
    this.#compute = lastLogits(this.#model);
    this.#time = time;
    this.#vocabulary = model.vocabulary;
  }

  prepare(steps: number): void {
    for (let i = 0; i < steps; i++) {
      this.#inputs.push(randint(0, this.#vocabulary, [1, this.#time], { device: this.#device }).realize());
    }
  }

  async run(): Promise<void> {
    for (const ids of this.#inputs) {
      const logits = noGrad(() => this.#compute(ids));
      this.#logits = await logits.data();
      logits.dispose();
    }
  }

  inspect(): void {
    checksum(this.#logits, 'prefill');
    for (const ids of this.#inputs) ids.dispose();
    this.#inputs = [];
  }

  async check(): Promise<Check> {
    const tokens = makeTokens(2, small.vocabulary)(small.block);
    const model = smallGPT(this.#device);
    const compute = lastLogits(model);
    const ids = tensor(tokens, { shape: [1, tokens.length], device: this.#device });
    const logits = noGrad(() => compute(ids));
    const values = await logits.data();
    compute.dispose();
    for (const used of [ids, logits, model]) used.dispose();
    return {
      what: `the last logits of ${smallName}, against the js device`,
      deviation: relativeDeviation(values, Array.from(await expectedLogits(tokens)).slice(-small.vocabulary)),
      tolerance: 1e-3,
    };
  }

  dispose(): void {
    this.#compute.dispose();
    this.#model.dispose();
  }
}

export function decodeCase(
  name: string,
  model: GPTSizes,
  sizes: DecodeSizes,
  weights: Weights = 'float32',
): Case {
  return {
    name,
    unit: 'tokens/s',
    sizes: { ...model, ...sizes },
    operations: 2 * matrixWeights(model),
    bytes: weightBytes[weights] * matrixWeights(model),
    // The first token comes with the prompt.
    together: sizes.tokens - 1,
    open: (device) => new Decoding(model, sizes, weights, device),
  };
}

export function prefillCase(name: string, model: GPTSizes, time: number): Case {
  const { vocabulary, width } = model;
  return {
    name,
    unit: 'ms',
    sizes: { ...model, time },
    operations: 2 * blockWeights(model) * time + attentionOperations(model, time) + 2 * vocabulary * width,
    bytes: weightBytes.float32 * matrixWeights(model),
    open: (device) => new Prefill(model, time, device),
  };
}

const fineTuning: GPTRecipe = { bias: true, settings: { lr: 3e-5, weightDecay: 0.01 } };

export function finetuneCase(name: string, model: GPTSizes, time: number): Case {
  const sizes = { ...model, batch: 1, time };
  return {
    name,
    unit: 'ms',
    sizes,
    operations: trainingOperations(sizes),
    bytes: trainingBytes(sizes),
    open: (device) =>
      openTraining(device, (on) => gptTraining(sizes, fineTuning, on), {
        what: `${smallName}, block ${small.block}, batch 1`,
        recipe: (on) => gptTraining({ ...small, batch: 1 }, checkedRecipe(fineTuning), on),
      }),
  };
}

export const w6: Workload = {
  name: 'W6',
  title: 'GPT-2 124M with random weights',
  cases: [
    decodeCase('decode', gpt2, { prompt: 32, tokens: 64 }),
    decodeCase('decode-f16', gpt2, { prompt: 32, tokens: 64 }, 'float16'),
    decodeCase('decode-int8', gpt2, { prompt: 32, tokens: 64 }, 'int8'),
    generateCase('generate', gpt2, { prompt: 32, tokens: 64 }),
    generateCase('generate-sample', gpt2, { prompt: 32, tokens: 64 }, 'sample'),
    prefillCase('prefill512', gpt2, 512),
    finetuneCase('finetune', gpt2, 256),
  ],
};
