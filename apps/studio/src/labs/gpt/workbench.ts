import { estimateMemory, gpt } from 'lumbre/recipes';
import { BpeTokenizer, CharTokenizer, type Tokenizer } from 'lumbre/text';
import { type GivenFile, unpackRun } from './archive.ts';
import { configOf } from './config.ts';
import { operationsOf, parametersOf } from './cost.ts';
import { copyRun } from './files.ts';
import { workshopWith } from './prepare.ts';
import { LaboratoryError } from './problem.ts';
import type { LabRecipe } from './recipe.ts';
import { openFolder } from './storage.ts';
import { firstLine, firstWords, readText, storiesText } from './text.ts';

// What is looked at before a training begins: the text, its pieces, and what a training would take.

/** The text that the next run learns from, where it is not the package's stories. */
let own: string | null = null;

/** What is known of a text. */
export interface TextFacts {
  readonly characters: number;
  readonly lines: number;
  /** What samples may begin with. */
  readonly beginning: string;
}

function factsOf(text: string): TextFacts {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return { characters: text.length, lines, beginning: firstWords(text) };
}

/** Takes the bytes of a file, or what was pasted. @throws LaboratoryError for what is no text */
export function takeText(content: Uint8Array | string): TextFacts {
  own = readText(typeof content === 'string' ? new TextEncoder().encode(content) : content);
  cut = null;
  return factsOf(own);
}

/** Takes a text that the server has. @throws LaboratoryError */
export async function takeMachineText(name: string): Promise<TextFacts> {
  const response = await fetch(`/data/${name}.txt`);
  if (!response.ok) throw new LaboratoryError('missingText', name);
  return takeText(new Uint8Array(await response.arrayBuffer()));
}

/** Takes the text of a run that is kept. @throws LaboratoryError when it is gone */
export async function takeRunText(id: string, textFile: string): Promise<TextFacts> {
  const bytes = await (await openFolder(id)).read(textFile);
  if (!bytes) throw new LaboratoryError('missingText', textFile);
  return takeText(bytes);
}

/** The text that was taken last. */
export const takenText = (): string | null => own;

const told = new Map<'es' | 'en', string>();

function textFor({ data }: Pick<LabRecipe, 'data'>): string | null {
  if (data.kind !== 'stories') return own;
  let text = told.get(data.language);
  if (text === undefined) {
    text = storiesText(data.language);
    told.set(data.language, text);
  }
  return text;
}

/** How a text is cut into tokens. */
export interface Cut extends TextFacts {
  readonly vocabSize: number;
  /** The first line, or its beginning, in tokens. */
  readonly pieces: readonly string[];
  /** The beginning of the text, in tokens. */
  readonly preview: readonly string[];
}

let cut: { readonly text: string; readonly key: string; readonly tokenizer: Tokenizer } | null = null;

const FIRST_CHARACTERS = 32;
const PREVIEW_CHARACTERS = 700;

/**
 * Cuts the text as a run would.
 * @returns null where there is no text yet
 * @throws LaboratoryError when the vocabulary has no room for the characters: how many there are
 */
export function cutText(lab: Pick<LabRecipe, 'data' | 'tokenizer' | 'vocabSize'>): Cut | null {
  const text = textFor(lab);
  if (text === null) return null;
  const key = lab.tokenizer === 'bpe' ? `bpe ${lab.vocabSize}` : 'char';
  if (cut?.text !== text || cut.key !== key) {
    const characters = CharTokenizer.fromText(text);
    if (lab.tokenizer === 'bpe' && characters.vocabSize > lab.vocabSize)
      throw new LaboratoryError('vocabulary', String(characters.vocabSize));
    const tokenizer =
      lab.tokenizer === 'bpe' ? BpeTokenizer.train(text, { vocabSize: lab.vocabSize }) : characters;
    cut = { text, key, tokenizer };
  }
  const { tokenizer } = cut;
  const start = [...firstLine(text)].slice(0, FIRST_CHARACTERS).join('');
  const opening = [...text.slice(0, 2 * PREVIEW_CHARACTERS)].slice(0, PREVIEW_CHARACTERS).join('');
  const inPieces = (part: string) => [...tokenizer.encode(part)].map((id) => tokenizer.decode([id]));
  return {
    ...factsOf(text),
    vocabSize: tokenizer.vocabSize,
    pieces: inPieces(start),
    preview: inPieces(opening),
  };
}

/** What a training takes, apart from the time. */
export interface Needs {
  readonly parameters: number;
  /** Bytes on its device at the most. */
  readonly bytes: number;
  /** Additions and multiplications of a step. */
  readonly operations: number;
}

/**
 * What a training would take: its step is planned by the engine, on a device that computes nothing. The text is made up, with
 * as many different characters as there would be tokens: from that alone the sizes follow.
 */
export async function needsOf(lab: LabRecipe, vocabSize: number): Promise<Needs> {
  const alphabet = Array.from({ length: vocabSize }, (_, i) => String.fromCodePoint(0x10000 + i)).join('');
  const least = 12 * (lab.blockSize + 1);
  const text = alphabet.repeat(Math.ceil(least / vocabSize));
  const { config } = configOf({ ...lab, data: { kind: 'own' }, tokenizer: 'char' }, 'text.txt');
  const estimate = await estimateMemory(gpt, config as never, workshopWith(text, false));
  return {
    parameters: parametersOf(lab, vocabSize),
    bytes: estimate.tooLarge === null ? estimate.bytes : Number.POSITIVE_INFINITY,
    operations: operationsOf(lab, vocabSize),
  };
}

/** Keeps a run that comes from a file, from the laboratory or from the command line. @returns its id */
export async function importRun(files: readonly GivenFile[]): Promise<{ id: string; name: string }> {
  const { folder, name } = await unpackRun(files);
  const id = crypto.randomUUID();
  await copyRun(folder, await openFolder(id, true));
  return { id, name };
}
