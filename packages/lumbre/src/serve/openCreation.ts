import { GPT, type TokenWriter } from '../models/index.ts';
import type { Creation } from '../recipes/index.ts';
import { firstToken } from '../recipes/text/corpus.ts';
import { zerosLike } from '../tensor/creation.ts';
import { noGrad, scope } from '../tensor/scope.ts';
import { type Tokenizer, UnknownCharacterError } from '../text/index.ts';
import { GPT2LMHeadModel } from '../transformers/causal/gpt2.ts';
import {
  InputError,
  LocalGenerator,
  type LocalTokenizer,
  NoChatTemplateError,
  TextEngine,
} from '../transformers/endpoint/index.ts';
import { CachedSlots, DecoderSlots, GenerationConfig } from '../transformers/generation/index.ts';
import type { ServedModel, ServedModelOptions } from './servedModel.ts';

/** A model that was trained here, or comes with the package. */
export interface CreationParts {
  readonly name: string;
  readonly creation: Creation;
  readonly tokenizer: Tokenizer;
  /** Whether a text ends with its line: stories, names. */
  readonly endsAtLine: boolean;
}

const isWriter = (model: object): model is TokenWriter =>
  typeof (model as Partial<TokenWriter>).decoder === 'function';

/** Models of the recipes that write token by token, to be offered; null for those that do something else. */
export function openCreation(
  { name, creation, tokenizer, endsAtLine }: CreationParts,
  { slots, queueLimit }: ServedModelOptions,
): ServedModel | null {
  const { model } = creation;
  if (!creation.write || !isWriter(model)) return null;
  const first = firstToken(tokenizer);
  const gpt2 = model instanceof GPT ? asGPT2(model) : null;
  const decoder = gpt2 ? new CachedSlots(gpt2, slots) : new DecoderSlots(model, slots);
  const engine = new TextEngine(decoder, { queueLimit });
  const generationConfig = new GenerationConfig(endsAtLine ? { eosTokenId: first } : {});
  const local: LocalTokenizer = {
    // Texts were learned from a line end on: a prompt is the beginning of one.
    encode(text) {
      try {
        return Int32Array.of(first, ...tokenizer.encode(text));
      } catch (error) {
        if (error instanceof UnknownCharacterError) throw new InputError(error.message, { cause: error });
        throw error;
      }
    },
    encodeChat() {
      throw new NoChatTemplateError(name);
    },
    decode: (ids) => tokenizer.decode(ids),
  };
  return {
    name,
    generator: new LocalGenerator({ name, engine, tokenizer: local, generationConfig }),
    embedder: null,
    maxTokens: decoder.maxPositions,
    drain: () => engine.drain(),
    async close() {
      await engine.close();
      gpt2?.dispose();
      creation.dispose();
    },
  };
}

/** The same model with Hugging Face's layers, whose caches take texts of different lengths side by side. */
export function asGPT2(gpt: GPT): GPT2LMHeadModel {
  const { vocabSize, blockSize, nLayer, nHead, nEmbd, geluApproximate, tieWeights } = gpt.config;
  const model = new GPT2LMHeadModel(
    {
      vocabSize,
      nPositions: blockSize,
      nLayer,
      nHead,
      nEmbd,
      activationFunction: geluApproximate === 'tanh' ? 'gelu_new' : 'gelu',
      tieWordEmbeddings: tieWeights,
      bosTokenId: null,
      eosTokenId: null,
    },
    { device: gpt.device },
  );
  const given = new Map(gpt.namedParameters());
  scope(() =>
    noGrad(() => {
      for (const [name, value] of model.namedParameters()) {
        const source = given.get(name);
        // What the model was made without: a bias of 0 does nothing.
        value.assign((source ? source.clone() : zerosLike(value)).realize());
      }
    }),
  );
  model.eval();
  return model;
}
