/** What can go wrong in the laboratory, in words that its messages are found by. */
export const problemCodes = [
  'tooLarge',
  'empty',
  'utf16',
  'notUtf8',
  'binary',
  'tooShort',
  'unknownCharacter',
  'vocabulary',
  'missingText',
  'openElsewhere',
  'notRun',
  'damaged',
  'runTooLarge',
  'noRoom',
  'diverged',
  'outOfMemory',
  'unknown',
] as const;
export type ProblemCode = (typeof problemCodes)[number];

export interface Problem {
  readonly code: ProblemCode;
  /** A character, a file's name, or what the engine said. */
  readonly detail: string;
}

const NAME = 'LaboratoryError';

/** A problem that is told to the learner. It comes from a worker, which hands on names and messages only. */
export class LaboratoryError extends Error implements Problem {
  override readonly name = NAME;
  readonly code: ProblemCode;
  readonly detail: string;

  constructor(code: ProblemCode, detail = '') {
    super(`${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
  }
}

const isCode = (text: string): text is ProblemCode => problemCodes.some((code) => code === text);

/** What went wrong, of whatever was thrown here or in the worker. */
export function problemOf(error: unknown): Problem {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === NAME) {
    const colon = message.indexOf(': ');
    const code = message.slice(0, colon);
    if (isCode(code)) return { code, detail: message.slice(colon + 2) };
  }
  if (name === 'QuotaExceededError') return { code: 'noRoom', detail: '' };
  if (name === 'DivergedError') return { code: 'diverged', detail: '' };
  if (/could not (grow|allocate)|out of memory|memory access|Array buffer allocation/i.test(message))
    return { code: 'outOfMemory', detail: message };
  return { code: 'unknown', detail: message };
}
