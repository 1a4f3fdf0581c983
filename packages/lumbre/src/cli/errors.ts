import { english, type Messages } from './messages/index.ts';

/** An error that the user can do something about: told in their language, in a line, without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** The message in the language of some messages; `message` has it in English. */
  readonly say: (messages: Messages) => string;
  /** What the process ends with: 1 for an error, 2 when the command was not understood. */
  readonly exitCode: 1 | 2;

  constructor(
    say: (messages: Messages) => string,
    { cause, exitCode = 1 }: { cause?: unknown; exitCode?: 1 | 2 } = {},
  ) {
    super(say(english), { cause });
    this.say = say;
    this.exitCode = exitCode;
  }
}

/** The command line itself makes no sense. */
export const usageError = (say: (messages: Messages) => string): CliError =>
  new CliError(say, { exitCode: 2 });
