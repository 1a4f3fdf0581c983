import { describe, expect, test } from 'vitest';
import type { LogitsProcessor } from '../../../src/transformers/generation/index.ts';
import * as generation from '../../../src/transformers/generation/index.ts';
import fixture from '../../fixtures/transformers/generation.json' with { type: 'json' };

type Kind = keyof typeof fixture.inputs.scores;

interface Effect {
  /** Tokens of each row that are -∞ afterwards. */
  readonly forbidden: readonly (readonly number[])[];
  readonly changed: readonly (readonly [row: number, token: number, after: number])[];
}

interface Processed extends Partial<Record<Kind, Effect>> {
  readonly processor: string;
  readonly arguments: unknown[];
}

const processed = fixture.processed as unknown as Processed[];
const kinds = Object.keys(fixture.inputs.scores) as Kind[];

const scoresOf = (kind: Kind): Float32Array[] =>
  fixture.inputs.scores[kind].map((row) => Float32Array.from(row, (x) => x ?? Number.NEGATIVE_INFINITY));

const texts = fixture.inputs.texts.map((row) => Int32Array.from(row));

function make({ processor, arguments: args }: Processed): LogitsProcessor {
  const made = Object.entries(generation).find(([name]) => name === processor);
  const Made = made?.[1] as unknown as new (...args: unknown[]) => LogitsProcessor;
  return new Made(...args);
}

describe('a logits processor does what that of transformers does', () => {
  test.each(processed.map((one) => [`${one.processor} ${JSON.stringify(one.arguments)}`, one] as const))(
    '%s',
    (_, one) => {
      for (const kind of kinds) {
        const effect = one[kind];
        if (!effect) continue;
        const expected = scoresOf(kind);
        for (const [row, token, after] of effect.changed) (expected[row] as Float32Array)[token] = after;
        for (const [row, tokens] of effect.forbidden.entries()) {
          for (const token of tokens) (expected[row] as Float32Array)[token] = Number.NEGATIVE_INFINITY;
        }
        const scores = scoresOf(kind);
        make(one).process(texts, scores);
        for (const [row, values] of scores.entries()) {
          for (const [token, value] of values.entries()) {
            const wanted = expected[row]?.[token] as number;
            const where = `${kind}, row ${row}, token ${token}`;
            if (Number.isFinite(wanted)) {
              expect(Math.abs(value - wanted) / Math.max(1, Math.abs(wanted)), where).toBeLessThan(1e-6);
            } else expect(value, where).toBe(wanted);
          }
        }
      }
    },
  );
});
