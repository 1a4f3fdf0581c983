import { expect } from 'vitest';
import { Tokenizer } from '../../../src/tokenizers/index.ts';
import { backendTokenizer } from '../../../src/transformers/pipelines/backendTokenizer.ts';
import type { PipelineTokenizer } from '../../../src/transformers/pipelines/pipelineTokenizer.ts';
import written from '../../fixtures/transformers/encoderTokenizers.json' with { type: 'json' };

/** The tokenizers and models of test/fixtures/transformers/pipelines.py. */

export const bertTokenizer = (modelMaxLength = 40): PipelineTokenizer =>
  backendTokenizer(Tokenizer.fromJSON(written.bert), {
    maskToken: '[MASK]',
    padToken: '[PAD]',
    clsToken: '[CLS]',
    unkToken: '[UNK]',
    modelMaxLength,
  });

export const robertaTokenizer = (modelMaxLength = 40): PipelineTokenizer =>
  backendTokenizer(Tokenizer.fromJSON(written.roberta), {
    maskToken: '<mask>',
    padToken: '<pad>',
    clsToken: '<s>',
    unkToken: '<unk>',
    modelMaxLength,
  });

const sizes = { hiddenSize: 16, numHiddenLayers: 2, numAttentionHeads: 4, intermediateSize: 24 } as const;

export const bertSizes = (tokens = 40) =>
  ({ ...sizes, vocabSize: 160, maxPositionEmbeddings: tokens }) as const;
export const robertaSizes = (tokens = 40) =>
  ({
    ...sizes,
    vocabSize: 320,
    maxPositionEmbeddings: tokens + 2,
    typeVocabSize: 1,
    layerNormEps: 1e-5,
  }) as const;

const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Names as transformers writes them, in camelCase. */
export function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [camel(name), camelCase(item)]));
}

/** Compares whole outputs: numbers that are not whole within 1e-4. */
export function expectOutput(got: unknown, wanted: unknown, what: string): void {
  if (typeof wanted === 'number' && typeof got === 'number') {
    const allowed = Number.isInteger(wanted) && Number.isInteger(got) ? 0 : 1e-4;
    expect(Math.abs(got - wanted), `${what}: got ${got}, expected ${wanted}`).toBeLessThanOrEqual(allowed);
  } else if (Array.isArray(wanted)) {
    expect(Array.isArray(got), `${what} is a list`).toBe(true);
    const list = got as unknown[];
    expect(list, what).toHaveLength(wanted.length);
    for (const [i, item] of wanted.entries()) expectOutput(list[i], item, `${what}[${i}]`);
  } else if (typeof wanted === 'object' && wanted !== null) {
    const object = got as Record<string, unknown>;
    expect(Object.keys(object).sort(), what).toEqual(Object.keys(wanted).sort());
    for (const [name, item] of Object.entries(wanted)) expectOutput(object[name], item, `${what}.${name}`);
  } else expect(got, what).toEqual(wanted);
}
