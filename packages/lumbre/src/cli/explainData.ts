import type { DataSetError } from '../data/index.ts';
import type { Messages } from './messages/index.ts';

/** Why a data set cannot be had, in the user's language. */
export function explainData({ code, values, message }: DataSetError, messages: Messages): string {
  const value = (key: string): string => String(values[key] ?? '');
  const name = value('name');
  switch (code) {
    case 'data.unknown':
      return messages.dataUnknown(name, value('close'), value('names'));
    case 'data.notHere':
      return messages.dataNotHere(name);
    case 'data.onlyMirror':
      return messages.dataOnlyMirror(name, value('files'), value('source'));
    case 'data.wrongHash':
      return messages.dataWrongHash(name, value('found'), value('expected'));
    case 'data.damaged':
      return messages.dataDamaged(name, value('reason'));
    case 'data.mirrorMissing':
      return messages.dataFolderMissing(name);
    case 'data.offline':
      return messages.dataOffline(name, value('reason'));
    case 'data.status':
      return messages.dataStatus(name, value('reason'));
    case 'data.tooLarge':
      return messages.dataTooLarge(name, value('reason'));
    case 'data.busy':
      return messages.dataBusy(name, value('process'), value('path'));
    case 'data.aborted':
      return messages.dataAborted(name);
    default:
      return message;
  }
}
