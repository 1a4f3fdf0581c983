import { deviceNames } from '../runtime/devices.ts';
import { type CliError, usageError } from './errors.ts';
import type { Messages } from './messages/index.ts';

/** Readers of option values: each gives the value, or an error that names the option and what it may be. */
export type ReadOption<T> = (value: string) => T;

export const integer =
  (option: string, least: number): ReadOption<number> =>
  (value) => {
    const number = Number(value);
    if (value.trim() !== '' && Number.isSafeInteger(number) && number >= least) return number;
    throw usageError((messages) => messages.needInteger(option, value, least));
  };

const ranges = {
  rangePositive: (value) => value > 0,
  rangeFromZero: (value) => value >= 0,
  rangeBelowOne: (value) => value >= 0 && value < 1,
  rangeUpToOne: (value) => value > 0 && value <= 1,
} as const satisfies Partial<Record<keyof Messages, (value: number) => boolean>>;

export const number =
  (option: string, range: keyof typeof ranges): ReadOption<number> =>
  (value) => {
    const read = Number(value);
    if (value.trim() !== '' && Number.isFinite(read) && ranges[range](read)) return read;
    throw usageError((messages) => messages.needNumber(option, value, messages[range]));
  };

const choiceError = (option: string, value: string, choices: readonly string[]): CliError =>
  usageError((messages) => messages.needChoice(option, value, choices.join(` ${messages.or} `)));

export const choice =
  <T extends string>(option: string, choices: readonly T[]): ReadOption<T> =>
  (value) => {
    const chosen = choices.find((name) => name === value);
    if (chosen === undefined) throw choiceError(option, value, choices);
    return chosen;
  };

export const device: ReadOption<string> = (value) => choice('--device', deviceNames())(value);

export const languages = ['es', 'en'] as const;
export const language = choice('--lang', languages);
