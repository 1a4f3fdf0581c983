import { DataSetError, TextError } from '../data/index.ts';
import { HubError } from '../hub/index.ts';
import { ConfigError } from '../recipes/index.ts';
import { UnknownCharacterError } from '../text/index.ts';
import { CliError } from './errors.ts';
import { explainData } from './explainData.ts';
import { explainHub } from './explainHub.ts';
import type { Format } from './format.ts';
import type { Messages } from './messages/index.ts';

function explainText({ code, values, message }: TextError, messages: Messages, format: Format): string {
  const name = String(values.name);
  switch (code) {
    case 'text.empty':
      return messages.fileEmpty(name);
    case 'text.utf16':
      return messages.isUtf16(name);
    case 'text.binary':
      return messages.isBinary(name);
    case 'text.notUtf8':
      return messages.notUtf8(name, Number(values.offset));
    case 'text.tooShort':
      return messages.textTooShort(
        format.integer(Number(values.tokens)),
        format.integer(Number(values.blockSize) + 1),
      );
    default:
      return message;
  }
}

/** An error in the user's language, where the library gave it a code; otherwise in the library's own words. */
export function explain(error: unknown, messages: Messages, format: Format): string {
  if (error instanceof CliError) return error.say(messages);
  if (error instanceof ConfigError) {
    const lines = error.problems.map(
      ({ path, message, known }) =>
        `  ${path}: ${known ? messages.unknownSetting(known.join(', ')) : message}`,
    );
    return [messages.configProblems(error.recipe), ...lines].join('\n');
  }
  if (error instanceof DataSetError) return explainData(error, messages);
  if (error instanceof HubError) return explainHub(error, messages);
  if (error instanceof TextError) return explainText(error, messages, format);
  if (error instanceof UnknownCharacterError) {
    return messages.unknownCharacter(JSON.stringify(error.character));
  }
  return error instanceof Error ? error.message : String(error);
}
