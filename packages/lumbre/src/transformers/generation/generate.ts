import { tensor } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { CausalModel } from '../causal/causalModel.ts';
import { searchBeams } from './beamSearch.ts';
import type { InputIds } from './inputs.ts';
import { type GeneratedIds, type GenerateOutput, generatedIds, padded, scoreTensor } from './output.ts';
import { type GenerateOptions, type Prepared, prepare } from './prepare.ts';
import { type Step, writeTexts } from './sampling.ts';

/**
 * Writes what follows prompts, as Hugging Face's `generate`: the likeliest tokens, tokens drawn by chance, or the best of
 * several texts that beam search carries on.
 *
 * @param inputIds int32 `[batch, time]`, padded on the left; or arrays of ids. Empty: begins with `bosTokenId`
 * @returns int32 `[batch · numReturnSequences, length]`, prompts included, whose rows are `ids[0]`, `ids[1]`, …; with
 *   `returnDictInGenerate` an object. Dispose of it when it is not needed any more.
 * @throws TypeError for an unknown option, RangeError for one that makes no sense or does not fit the model, before
 *   anything is computed; the signal's reason when it is aborted.
 */
export function generate(
  model: CausalModel,
  inputIds: InputIds | null | undefined,
  options: GenerateOptions & { readonly returnDictInGenerate: true },
): Promise<GenerateOutput>;
export function generate(
  model: CausalModel,
  inputIds?: InputIds | null,
  options?: GenerateOptions & { readonly returnDictInGenerate?: false | null | undefined },
): Promise<GeneratedIds>;
export async function generate(
  model: CausalModel,
  inputIds?: InputIds | null,
  options: GenerateOptions = {},
): Promise<GeneratedIds | GenerateOutput> {
  const prepared = await prepare(model, inputIds, options);
  try {
    if (prepared.settings.numBeams > 1) return await beams(model, prepared, options);
    return await texts(model, prepared, options);
  } finally {
    prepared.writing.decoder.dispose();
  }
}

/** Greedy and sampled texts. */
async function texts(
  { device }: CausalModel,
  { writing, settings }: Prepared,
  { streamer }: GenerateOptions,
): Promise<GeneratedIds | GenerateOutput> {
  const rows = writing.texts.map((ids) => [...ids]);
  const scores: Tensor[] = [];
  const logits: Tensor[] = [];
  await streamer?.put((writing.texts[0] as Int32Array).slice());
  for await (const step of writeTexts(writing)) {
    for (const [i, token] of step.tokens.entries()) rows[i]?.push(token);
    if (step.scores) scores.push(scoreTensor(step.scores, device));
    if (step.logits) logits.push(scoreTensor(step.logits, device));
    await streamer?.put(step.tokens);
  }
  await streamer?.end();
  const sequences = generatedIds(
    rows.map((row) => Int32Array.from(row)),
    device,
  );
  if (!settings.returnDictInGenerate) return sequences;
  return {
    sequences,
    ...(settings.outputScores && { scores }),
    ...(settings.outputLogits && { logits }),
  };
}

async function beams(
  { device }: CausalModel,
  { writing, settings, maxLength }: Prepared,
  { streamer }: GenerateOptions,
): Promise<GeneratedIds | GenerateOutput> {
  if (streamer) {
    throw new RangeError(
      'generate: a streamer cannot be used with beams: what comes last decides; set numBeams to 1.',
    );
  }
  const result = await searchBeams(writing, { ...settings, maxLength });
  const { padTokenId, outputScores, outputLogits } = settings;
  // As in transformers, where a padding token of 0 is taken for none.
  const filling = padTokenId || (writing.eosTokenIds[0] ?? padTokenId ?? 0);
  const sequences = generatedIds(
    padded(
      result.beams.map((beam) => beam.ids),
      filling,
    ),
    device,
  );
  if (!settings.returnDictInGenerate) return sequences;
  const paths = padded(
    result.beams.map((beam) => beam.path),
    -1,
  );
  const tensors = (steps: readonly (readonly Float32Array[])[]) =>
    steps.map((rows) => scoreTensor(rows, device));
  return {
    sequences,
    beamIndices: generatedIds(paths, device),
    ...(outputScores && {
      scores: tensors(result.scores),
      sequencesScores: tensor(
        Float32Array.from(result.beams, (beam) => beam.score),
        { device },
      ),
    }),
    ...(outputLogits && { logits: tensors(result.logits) }),
  };
}

/**
 * Writes texts and gives the new tokens of each step as they come: `for await (const { tokens } of streamTokens(…))`.
 * Leaving the loop ends the writing. Not with beams.
 * @throws as `generate`
 */
export async function* streamTokens(
  model: CausalModel,
  inputIds: InputIds | null | undefined,
  options: GenerateOptions = {},
): AsyncGenerator<Pick<Step, 'tokens' | 'finished'>, void, undefined> {
  const { writing, settings } = await prepare(model, inputIds, options);
  try {
    if (settings.numBeams > 1) {
      throw new RangeError(
        'streamTokens: beams cannot be streamed: what comes last decides; set numBeams to 1.',
      );
    }
    yield* writeTexts(writing);
  } finally {
    writing.decoder.dispose();
  }
}
